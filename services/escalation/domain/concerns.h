#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "language/linear_head.h"

namespace hotline::escalation {

/// What a caller's turn tells about how the call may end. Most turns tell nothing; a complaint alone tells little: to
/// complain is why people call.
enum class Concern {
  kNone,          ///< A question, a fact, thanks, an alarming word used harmlessly.
  kComplaint,     ///< Angry or not, about the matter itself.
  kUnsolved,      ///< Reported before, answered before, still there.
  kPassedAround,  ///< Sent from one department to the next.
  kResigned,      ///< Polite and done with us.
  kSarcasm,       ///< Mocks how the hotline or a department answers.
  kEvidence,      ///< Collects numbers, recordings, written refusals.
  kExposure,      ///< Media, the net, petition to those above.
  kMisconduct,    ///< Speaks of the agent's own mistakes and manners.
  kAbuse,
  kDanger,  ///< To a life, said or implied.
  kGroup,   ///< Many people are about to act.
  kLeak     ///< Of who reported.
};
inline constexpr std::size_t kConcerns = 13;

/// How sure each concern is, by number: probabilities; of a long turn each concern's from the piece that tells most.
using ConcernReading = std::array<double, kConcerns>;

[[nodiscard]] constexpr double Of(const ConcernReading& reading, Concern concern) {
  return reading[static_cast<std::size_t>(concern)];
}

/// What an encoder says of a turn's concerns, to be joined with what the head here says.
struct ConcernVoice {
  std::array<double, kConcerns> scores{};  ///< Weighed log-odds, by number.
  double linear = 1;                       ///< Weight of the logarithm of the head's probabilities.
};

/// A trained head that reads concerns. Immutable; some 20 µs a turn.
class ConcernHead {
 public:
  /// Throws std::invalid_argument when it has a label that is no concern.
  explicit ConcernHead(language::LinearHead head);
  /// The one compiled in (models/concern.tsv).
  [[nodiscard]] static const ConcernHead& Get();

  /// `encoder` may be null: then the head speaks alone.
  [[nodiscard]] ConcernReading Read(std::string_view turn, const ConcernVoice* encoder = nullptr) const;
  [[nodiscard]] const std::string& version() const { return head_.version(); }

 private:
  [[nodiscard]] ConcernReading ReadWindow(std::string_view words, const ConcernVoice* encoder) const;

  language::LinearHead head_;
  std::vector<std::size_t> columns_;  ///< Which concern each label of the head is.
};

/// "unsolved", as training/caller_turns.tsv spells it, and "CONCERN_UNSOLVED", as evidence names it.
[[nodiscard]] std::string_view Name(Concern concern);
[[nodiscard]] std::optional<Concern> ConcernFromName(std::string_view name);
[[nodiscard]] std::string_view EvidenceCode(Concern concern);

/// What the head reads of a turn: its characters, groups of cues (data/cues.json) and turns of phrase (a count of
/// times, a crowd, a plan, one office after the other). No punctuation: transcripts come with any or none.
[[nodiscard]] language::Features ConcernFeatures(std::string_view turn);

/// The clause of `turn` that speaks most for `concern`; a view into it.
[[nodiscard]] std::string_view WordsFor(Concern concern, std::string_view turn);

}  // namespace hotline::escalation
