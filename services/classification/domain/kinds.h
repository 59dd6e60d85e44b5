#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "classification/domain/turn.h"

namespace hotline::classification {

/// Probability of each kind of case, by number - 1.
using KindScores = std::array<double, 6>;

/// What one turn sounds like, by the trained head: the caller's own words, or the agent's repeating of them.
[[nodiscard]] KindScores KindsOfTurn(const Turn& turn);

/// The kinds of the cases a call should become, most important first; one, seldom two.
struct KindReading {
  struct Matter {
    CaseKind kind = CaseKind::kInquiry;
    double probability = 0;
    int from_turn = 1;  ///< Where it is first spoken of.
    std::vector<Evidence> evidence;
  };
  std::vector<Matter> matters;
};

/// `turns` of a whole call or letter, in order.
///
/// 咨询 wants information or policy; 求助 needs help with a difficulty; 投诉 complains of somebody's service, inaction
/// or harm, also when it is phrased as a question; 举报 reports a violation by others; 建议; 表扬. What belongs
/// together is one case: a second one needs a request of its own that both sides speak of, or a wrong of its own (a
/// leak).
[[nodiscard]] KindReading ReadKinds(std::span<const Turn> turns);

[[nodiscard]] const std::string& KindHeadVersion();

/// The wrong that hotlines do to informants: what was reported in confidence came out.
[[nodiscard]] std::optional<Evidence> FindLeak(std::span<const Turn> turns);

}  // namespace hotline::classification
