#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "classification/domain/hotline_wrongs.h"
#include "classification/domain/turn.h"
#include "language/encoder.h"
#include "language/linear_head.h"

namespace hotline::classification {

/// Probability of each kind of case, by number - 1.
using KindScores = std::array<double, 6>;

/// The kinds of the cases a call should become, most important first; one, seldom two.
struct KindReading {
  struct Matter {
    CaseKind kind = CaseKind::kInquiry;
    double probability = 0;
    int from_turn = 1;  ///< Where it is first spoken of.
    std::vector<Evidence> evidence;
  };
  std::vector<Matter> matters;
  KindScores first{};  ///< Of the first matter.
};

/// Reads kinds, by a trained head over turns and rules for what a call opens with and what the agent makes of it.
/// Immutable, thread-safe.
///
/// 咨询 wants information or policy; 求助 needs help with a difficulty; 投诉 complains of somebody's service, inaction
/// or harm, also when it is phrased as a question; 举报 reports a violation by others; 建议; 表扬. What belongs
/// together is one case: a second one needs a request of its own that both sides speak of, or a wrong of the hotline
/// itself (hotline_wrongs.h).
class KindReader {
 public:
  /// The head compiled in.
  [[nodiscard]] static const KindReader& Get();

  explicit KindReader(language::LinearHead head) : head_{std::move(head)} {}

  /// What one turn sounds like, by the trained head: the caller's own words, or the agent's repeating of them.
  [[nodiscard]] KindScores OfTurn(const Turn& turn) const;

  /// `turns` of a whole call or letter, in order. `encoder`: what an encoder says of the call; may be null. `leak`:
  /// what FindLeak() found.
  [[nodiscard]] KindReading Read(std::span<const Turn> turns, const language::HeadVoice* encoder = nullptr,
                                 const std::optional<Leak>& leak = std::nullopt) const;

 private:
  language::LinearHead head_;
};

/// What an encoder reads of a call: all that the caller says and what the agent repeats of it, a line each.
[[nodiscard]] std::string CallText(std::span<const Turn> turns);

}  // namespace hotline::classification
