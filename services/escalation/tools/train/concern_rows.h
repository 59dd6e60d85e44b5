#pragma once

#include <span>
#include <string>
#include <vector>

#include "language/head_training.h"

namespace hotline::escalation {

/// What the head of concerns is trained on: labelled turns by themselves, and those of labelled calls.
class ConcernRows {
 public:
  /// Most turns tell nothing, and many false alarms would come of forgetting it.
  static constexpr language::Fit kFit{.decay = 1e-3, .rarity = .5};

  /// `labelled`: lines "label<TAB>turn". `call_turns`: lines "call<TAB>turn<TAB>label", what a reader of the call so far
  /// said each turn tells. `calls`: JSONL files with their words. Throws std::runtime_error.
  ConcernRows(const std::string& labelled, const std::string& call_turns, std::span<const std::string> calls);

  [[nodiscard]] const language::LabelledTurns& All() const { return rows_; }
  [[nodiscard]] language::LinearHead Train(const std::string& version) const {
    return language::TrainHead(version, All(), kFit);
  }

 private:
  language::LabelledTurns rows_;
};

}  // namespace hotline::escalation
