#pragma once

#include <optional>
#include <span>
#include <string>

#include "classification/domain/dispatch_directory.h"
#include "classification/domain/emotion.h"
#include "classification/domain/kinds.h"
#include "classification/domain/topics.h"
#include "classification/domain/turn.h"

namespace hotline::classification {

/// Understands turns and calls: the heads, the directory and the rules together.
///
/// Pure: what it answers depends on its arguments and its version(), nothing else. Immutable, thread-safe. A turn
/// takes well under a millisecond, a call a few.
class Reader {
 public:
  /// `topics` may be empty; it must be thread-safe. `topics_version` joins the stamp where `topics` gives no other.
  Reader(const DispatchDirectory& directory, const EmotionReader& emotions, TopicModel topics,
         std::string_view topics_version);

  /// Stamp of all that speaks as a rule: "linear-2026.11.24+directory-2026.11". An understanding has its own.
  [[nodiscard]] const std::string& version() const { return version_; }

  /// `before`: the call's earlier turns in order.
  [[nodiscard]] TurnUnderstanding ReadTurn(const CallOpening& opening, std::span<const Turn> before,
                                           const Turn& turn) const;

  /// `turns` in order, at least one; `emotions` one for each caller's turn among them. `recorded`: what the agent wrote
  /// down.
  [[nodiscard]] CallUnderstanding ReadCall(const CallOpening& opening, std::span<const Turn> turns,
                                           std::span<const Emotion> emotions, std::optional<CaseKind> recorded) const;

 private:
  [[nodiscard]] UnderstoodCase MakeCase(const CallOpening& opening, std::span<const Turn> turns,
                                        std::span<const Emotion> emotions, const KindReading::Matter& matter,
                                        bool first, std::string& stamp) const;
  void Dispatch(std::span<const Turn> turns, bool first, UnderstoodCase& understood, std::string& stamp) const;
  /// version(), with what really spoke on topics.
  [[nodiscard]] std::string StampOf(std::string_view topics_model) const;

  const DispatchDirectory& directory_;
  const EmotionReader& emotions_;
  TopicModel topics_;
  std::string topics_version_;
  std::string rules_version_;
  std::string version_;
};

}  // namespace hotline::classification
