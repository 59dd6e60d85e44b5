#include "intake/app/case_desk.h"

#include <algorithm>
#include <utility>

#include "intake/app/private_text.h"
#include "intake/domain/deadlines.h"
#include "platform/rpc/status.h"

namespace hotline::intake {
namespace {

absl::Status NoSuchCase() { return platform::WithReason(absl::NotFoundError("no such case"), "CASE_UNKNOWN"); }

absl::Status Refuse(std::string_view reason, std::string_view text) {
  return platform::WithReason(absl::FailedPreconditionError({text.data(), text.size()}), reason);
}

bool IsSupervisor(const platform::Actor& actor) {
  return platform::RequireRole(actor, {platform::Role::kSupervisor}).ok();
}

/// The case's own clock for something a person does now: calls may be replayed from years away.
Time NowFor(const Case& filed, Time wall) { return std::max(filed.updated_at, wall); }

}  // namespace

absl::StatusOr<Case> CaseDesk::LockFor(Transaction& tx, const CaseRef& ref) const {
  std::optional<Case> filed = intake_.cases.Lock(tx, ref.case_no);
  if (!filed) return NoSuchCase();
  if (filed->version != ref.expected_version) {
    return platform::WithReason(absl::AbortedError("the case is at version " + std::to_string(filed->version)),
                                "VERSION_STALE");
  }
  return *std::move(filed);
}

void CaseDesk::IndexWithSupplements(Transaction& tx, const Case& filed) const {
  std::string words;
  for (const std::string& supplement : intake_.cases.Supplements(tx, filed.case_no)) words += supplement + "\n";
  intake_.cases.Index(tx, filed, words);
}

absl::StatusOr<Case> CaseDesk::Supplement(Transaction& tx, const CaseRef& ref, std::string_view text,
                                          const platform::Actor& actor, Time wall) const {
  absl::StatusOr<Case> filed = LockFor(tx, ref);
  if (!filed.ok()) return filed;
  if (IsEnd(filed->state)) return Refuse("CASE_ENDED", "the case is at its end: " + std::string{Name(filed->state)});
  const MaskedText masked = MaskText(text);
  // Turns count from 1; what later words held is kept beside them, under the version that brought it.
  const int part = -static_cast<int>(filed->version);
  if (!masked.mentions.empty()) intake_.vault.KeepMentions(tx, ContactOwner(*filed), part, masked.mentions);
  intake_.cases.AddSupplement(tx, filed->case_no, filed->version + 1, masked.text);
  IndexWithSupplements(tx, *filed);
  filed->touched = true;
  book_.Change(tx, *filed, Action::kSupplemented, filed->state, "", actor.id, NowFor(*filed, wall), wall);
  return filed;
}

absl::StatusOr<Case> CaseDesk::Urge(Transaction& tx, std::string_view case_no, std::string_view text,
                                    const platform::Actor& actor, Time wall) const {
  std::optional<Case> filed = intake_.cases.Lock(tx, case_no);
  if (!filed) return NoSuchCase();
  if (IsEnd(filed->state)) return Refuse("CASE_ENDED", "the case is at its end: " + std::string{Name(filed->state)});
  ++filed->urges;  // Not a touch: the caller presses, nobody has taken the case in hand.
  book_.Change(tx, *filed, Action::kUrged, filed->state, MaskText(text).text, actor.id, NowFor(*filed, wall), wall);
  return *std::move(filed);
}

absl::StatusOr<Case> CaseDesk::Correct(Transaction& tx, const CaseRef& ref, const Correction& correction,
                                       const platform::Actor& actor, Time wall) const {
  absl::StatusOr<Case> filed = LockFor(tx, ref);
  if (!filed.ok()) return filed;
  if (filed->state != CaseState::kPending && filed->state != CaseState::kToDispatch) {
    return Refuse("CASE_DISPATCHED",
                  "a case is corrected before its dispatch, not in " + std::string{Name(filed->state)});
  }
  if (correction.kind) filed->kind = correction.kind;
  if (!correction.topic.empty()) {
    filed->topic = correction.topic;
    filed->topics = {{.topic = correction.topic, .subtopic = "", .probability = 1}};  // A person is sure.
  }
  if (!correction.departments.empty()) filed->departments = correction.departments;
  if (!correction.title.empty()) filed->title = MaskText(correction.title).text;
  if (filed->state == CaseState::kToDispatch) filed->due_at = filed->opened_at + DispatchLimit(*filed);
  filed->touched = true;
  if (!correction.title.empty()) IndexWithSupplements(tx, *filed);
  book_.Change(tx, *filed, Action::kCorrected, filed->state, MaskText(correction.reason).text, actor.id,
               NowFor(*filed, wall), wall);
  return filed;
}

absl::Status CaseDesk::MergeInto(Transaction& tx, Case& filed, std::string_view parent_case_no) const {
  if (parent_case_no.empty()) return platform::BadField("parent_case_no", "is required to merge");
  const std::optional<Case> parent = intake_.cases.Find(tx, parent_case_no);
  if (!parent) return platform::BadField("parent_case_no", "is no case");
  return Merge(filed, *parent);
}

absl::StatusOr<Case> CaseDesk::Transition(Transaction& tx, const CaseRef& ref, TransitionCommand command,
                                          const platform::Actor& actor, Time wall) const {
  absl::StatusOr<Case> filed = LockFor(tx, ref);
  if (!filed.ok()) return filed;
  const CaseState from = filed->state;
  command.step.by_supervisor = IsSupervisor(actor);
  command.step.at = NowFor(*filed, wall);
  command.step.reply = MaskText(command.step.reply).text;
  const bool merging = command.step.to == CaseState::kMerged;
  const absl::Status taken =
      merging ? MergeInto(tx, *filed, command.parent_case_no) : intake::Take(*filed, command.step, intake_.calendar);
  if (!taken.ok()) return taken;
  filed->touched = true;
  const Action action = merging                                   ? Action::kMerged
                        : from == CaseState::kMerged              ? Action::kUnmerged
                        : command.step.to == CaseState::kReopened ? Action::kReopened
                                                                  : Action::kTransitioned;
  book_.Change(tx, *filed, action, from, MaskText(command.reason).text, actor.id, command.step.at, wall);
  return filed;
}

absl::StatusOr<RevealedContact> CaseDesk::RevealContact(Transaction& tx, Reveal reveal) const {
  const std::optional<Case> filed = intake_.cases.Find(tx, reveal.case_no);
  if (!filed) return NoSuchCase();
  absl::StatusOr<Contact> contact = intake_.vault.Open(tx, ContactOwner(*filed));
  if (!contact.ok()) return contact.status();
  absl::StatusOr<std::vector<PrivateMention>> mentions = intake_.vault.OpenMentions(tx, ContactOwner(*filed));
  if (!mentions.ok()) return mentions.status();
  reveal.purpose = MaskText(reveal.purpose).text;
  switch (intake_.vault.NoteReveal(tx, reveal)) {
    case RevealNote::kDiffers:
      return platform::WithReason(absl::AlreadyExistsError("this request_id revealed something else"),
                                  "REQUEST_ID_REUSED");
    case RevealNote::kWritten: NoteInHistory(tx, *filed, reveal); break;
    case RevealNote::kThereAlready: break;
  }
  return RevealedContact{.contact = *std::move(contact), .mentions = *std::move(mentions)};
}

/// Beside the case's versions: looking changes nothing that others wait for.
void CaseDesk::NoteInHistory(Transaction& tx, const Case& filed, const Reveal& reveal) const {
  intake_.cases.AddChange(tx, filed.site,
                          {.case_no = filed.case_no,
                           .version = filed.version,
                           .action = Action::kContactRevealed,
                           .from_state = filed.state,
                           .to_state = filed.state,
                           .reason = reveal.purpose,
                           .actor = reveal.actor,
                           .at = NowFor(filed, reveal.at)},
                          reveal.at);
}

absl::StatusOr<bool> CaseDesk::Import(Transaction& tx, const ImportedCase& imported, const platform::Actor& actor,
                                      Time wall) const {
  const MaskedText summary = MaskText(imported.summary);
  Case filed;
  filed.case_no = imported.case_no;
  filed.site = imported.site;
  filed.region = intake_.sites.Find(imported.site)->region;
  filed.kind = imported.kind;
  filed.topic = imported.topic;
  filed.state = imported.state;
  filed.title = summary.text;
  filed.opened_at = filed.updated_at = imported.at;
  filed.satisfaction = imported.satisfaction;
  filed.caller_token = intake_.vault.TokenOf(imported.site, imported.contact);
  filed.touched = true;  // People have handled it elsewhere.
  if (filed.state == CaseState::kClosed) filed.closed_at = imported.at;
  if (!book_.Open(tx, filed, Action::kImported, actor.id, wall)) {
    const std::optional<Case> there = intake_.cases.Find(tx, imported.case_no);
    if (there && there->site == imported.site) return false;
    return Refuse("CASE_OF_ANOTHER_SITE", "case " + imported.case_no + " is another site's");
  }
  const std::string owner = ContactOwner(filed);
  if (!imported.contact.empty()) intake_.vault.Keep(tx, owner, imported.contact);
  if (!summary.mentions.empty()) intake_.vault.KeepMentions(tx, owner, 0, summary.mentions);
  return true;
}

absl::Status CaseDesk::FollowUp(Transaction& tx, std::string_view case_no, const FollowUpOutcome& outcome,
                                std::string_view actor, Time wall) const {
  std::optional<Case> filed = intake_.cases.Lock(tx, case_no);
  if (!filed) return NoSuchCase();
  const CaseState from = filed->state;
  const FollowUpEffect effect = Apply(*filed, outcome);
  if (effect == FollowUpEffect::kNone) return absl::OkStatus();
  const Action action = effect == FollowUpEffect::kReopened ? Action::kReopened : Action::kFollowedUp;
  book_.Change(tx, *filed, action, from, MaskText(outcome.reason).text, actor, outcome.at, wall);
  return absl::OkStatus();
}

}  // namespace hotline::intake
