#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hotline::followup {

/// 满意度, five levels. Numbers equal hotline.common.v1.Rating.
enum class Rating { kVerySatisfied = 1, kSatisfied, kFairlySatisfied, kDissatisfied, kVeryDissatisfied };

/// What a caller said, asked in this order: contacted? solved? satisfied (department and hotline apart)?
struct Outcome {
  bool contacted = false;
  std::optional<bool> solved;        ///< Nothing: not asked, or the caller did not say.
  std::optional<Rating> department;  ///< Of those who handled the case.
  std::optional<Rating> hotline;     ///< Of the hotline itself: never reopens a case.
  std::string verbatim;              ///< The caller's own words, masked, at most kMaxVerbatimCharacters.
};

inline constexpr std::int32_t kMaxVerbatimCharacters = 2'000;

/// What is wrong with one field of a request, in words for the one who sent it.
struct Problem {
  std::string_view field;
  std::string_view text;
};

/// The answers to questions that could not have been asked yet; none when the outcome is possible.
[[nodiscard]] std::vector<Problem> Problems(const Outcome& outcome);

/// Contacted alone is no success: the case goes back unless it is solved and its department is not rated badly.
[[nodiscard]] bool MustReopen(const Outcome& outcome);

/// Why, for the history of the case: "未解决", "对承办单位不满意", or both; empty when it need not reopen.
[[nodiscard]] std::string ReopenReason(const Outcome& outcome);

/// 非常满意, 满意 and 基本满意 count as satisfied.
[[nodiscard]] bool IsSatisfied(Rating rating);

}  // namespace hotline::followup
