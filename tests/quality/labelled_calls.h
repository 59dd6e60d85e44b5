#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "language/models.h"

namespace hotline::tests {

/// How often something was right.
struct Share {
  int right = 0;
  int of = 0;
  void Count(bool ok) {
    ++of;
    right += ok;
  }
  [[nodiscard]] double value() const { return of == 0 ? 1 : static_cast<double>(right) / of; }
};

/// What the understanding of labelled calls is worth, by the measures of the data set's judge.
struct CallScores {
  Share warned;        ///< Of the calls that need a supervisor: warned inside the window.
  Share false_alarms;  ///< Of the others.
  Share red;
  Share case_count, kinds, lead, topic, intents, slots, restated, soothe_first;
  double emotion_macro_f1 = 0;  ///< Of five groups, a turn each.
};

/// Plays every call of `file` (schema of the labelled calls) turn by turn through what classification and escalation
/// say, without a server: the first `most` of them.
[[nodiscard]] CallScores PlayLabelledCalls(const std::filesystem::path& file,
                                           const std::shared_ptr<const language::Models>& models, int most);

}  // namespace hotline::tests
