#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

#include "intake/app/case_book.h"
#include "intake/app/intake.h"
#include "intake/domain/case_life.h"
#include "platform/security/actor.h"

namespace hotline::intake {

/// Which case, and which version of it the actor saw.
struct CaseRef {
  std::string case_no;
  std::int64_t expected_version = 0;
};

/// Corrections; what is unset stays.
struct Correction {
  std::optional<CaseKind> kind;
  std::string topic;
  std::vector<std::string> departments;
  std::string title;
  std::string reason;
};

struct TransitionCommand {
  Step step;
  std::string reason;
  std::string parent_case_no;  ///< For 并入主件.
};

struct ImportedCase {
  std::string site;
  std::string case_no;
  Time at;
  std::string summary;
  CaseState state = CaseState::kClosed;
  std::optional<Rating> satisfaction;
  Contact contact;
  std::optional<CaseKind> kind;
  std::string topic;
};

struct RevealedContact {
  Contact contact;
  std::vector<PrivateMention> mentions;
};

/// What people do with cases. Every method is one step inside the caller's transaction: state, history and event
/// together, the actor named. NOT_FOUND: no such case. ABORTED: it is no longer at the expected version.
/// FAILED_PRECONDITION: its state is against it. Thread-safe.
class CaseDesk {
 public:
  explicit CaseDesk(const Intake& intake) : intake_{intake}, book_{intake} {}

  [[nodiscard]] absl::StatusOr<Case> Supplement(Transaction& tx, const CaseRef& ref, std::string_view text,
                                                const platform::Actor& actor, Time wall) const;
  [[nodiscard]] absl::StatusOr<Case> Urge(Transaction& tx, std::string_view case_no, std::string_view text,
                                          const platform::Actor& actor, Time wall) const;
  /// Before dispatch only.
  [[nodiscard]] absl::StatusOr<Case> Correct(Transaction& tx, const CaseRef& ref, const Correction& correction,
                                             const platform::Actor& actor, Time wall) const;
  /// Others: those of Take() and Merge().
  [[nodiscard]] absl::StatusOr<Case> Transition(Transaction& tx, const CaseRef& ref, TransitionCommand command,
                                                const platform::Actor& actor, Time wall) const;
  /// The contact in the clear; that it was revealed, to whom and why is on record in the same transaction. The same
  /// request again reveals again and is on record once; ALREADY_EXISTS: another case or purpose under its id.
  [[nodiscard]] absl::StatusOr<RevealedContact> RevealContact(Transaction& tx, Reveal reveal) const;
  /// True when the case is new, false when it was there. FAILED_PRECONDITION: the number is another site's.
  [[nodiscard]] absl::StatusOr<bool> Import(Transaction& tx, const ImportedCase& imported, const platform::Actor& actor,
                                            Time wall) const;
  /// What a follow-up found out: closes, reopens or remembers.
  [[nodiscard]] absl::Status FollowUp(Transaction& tx, std::string_view case_no, const FollowUpOutcome& outcome,
                                      std::string_view actor, Time wall) const;

 private:
  [[nodiscard]] absl::StatusOr<Case> LockFor(Transaction& tx, const CaseRef& ref) const;
  void IndexWithSupplements(Transaction& tx, const Case& filed) const;
  void NoteInHistory(Transaction& tx, const Case& filed, const Reveal& reveal) const;
  [[nodiscard]] absl::Status MergeInto(Transaction& tx, Case& filed, std::string_view parent_case_no) const;

  const Intake& intake_;
  const CaseBook book_;
};

}  // namespace hotline::intake
