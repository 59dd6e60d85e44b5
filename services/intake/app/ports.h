#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

#include "intake/domain/call.h"
#include "intake/domain/case.h"
#include "intake/domain/contact.h"
#include "intake/domain/peril.h"
#include "intake/domain/understanding.h"
#include "platform/store/store.h"

// What the use cases need of the outside, as they see it; adapters/ speaks SQL and protobuf for them.
// Everything runs inside the caller's transaction and throws platform::StoreError.
namespace hotline::intake {

using platform::Session;
using platform::Transaction;

/// Rows of calls and their turns.
class CallTable {
 public:
  virtual ~CallTable() = default;
  /// False when the sender's external id is taken.
  [[nodiscard]] virtual bool Insert(Transaction& tx, const Call& call) = 0;
  [[nodiscard]] virtual std::optional<Call> Find(Session& session, std::string_view call_id) = 0;
  /// Find() that keeps other writers of this call out until the commit.
  [[nodiscard]] virtual std::optional<Call> Lock(Transaction& tx, std::string_view call_id) = 0;
  virtual void Save(Transaction& tx, const Call& call) = 0;
  virtual void InsertTurn(Transaction& tx, std::string_view call_id, const Turn& turn) = 0;
  [[nodiscard]] virtual std::vector<Turn> Turns(Session& session, std::string_view call_id) = 0;
  [[nodiscard]] virtual std::string FingerprintOf(Session& session, std::string_view call_id, int turn) = 0;
  /// Calls closed before `wall` (the wall's clock) that are not settled, oldest first.
  [[nodiscard]] virtual std::vector<std::string> Unsettled(Session& session, Time wall, int limit) = 0;
};

/// What an entry of a call's feed holds.
enum class FeedKind { kTurnUnderstood = 1, kRisk, kAlert, kAdvice, kReviewed, kCallUnderstood, kSettled };

/// One entry of a call's feed. `payload`: the event's bytes; for kSettled empty.
struct FeedEntry {
  std::int64_t position = 0;  ///< From 1, without gaps.
  FeedKind kind = FeedKind::kRisk;
  std::string payload;
};

/// A call understood as a whole.
struct CallUnderstanding {
  std::vector<UnderstoodMatter> matters;
  std::vector<std::string> caller_tags;
};

/// Everything siblings said about a call, in the order it came.
class CallFeed {
 public:
  virtual ~CallFeed() = default;
  virtual void Append(Transaction& tx, std::string_view call_id, const FeedEntry& entry) = 0;
  [[nodiscard]] virtual std::vector<FeedEntry> Read(Session& session, std::string_view call_id, std::int64_t after,
                                                    int limit) = 0;
  /// The cited answers among the entries.
  [[nodiscard]] virtual std::vector<KnowledgeAnswer> Answers(Session& session, std::string_view call_id) = 0;
  /// What the last red of escalation is for; nothing where there was none, or a supervisor called one a false alarm.
  [[nodiscard]] virtual std::optional<HeardPeril> Peril(Session& session, std::string_view call_id) = 0;
  /// The kCallUnderstood entry.
  [[nodiscard]] virtual std::optional<CallUnderstanding> Understanding(Session& session, std::string_view call_id) = 0;
};

/// Rows of cases and their history.
class CaseTable {
 public:
  virtual ~CaseTable() = default;
  /// Makes its words findable too. False when the number is taken.
  [[nodiscard]] virtual bool Insert(Transaction& tx, const Case& filed) = 0;
  [[nodiscard]] virtual std::optional<Case> Find(Session& session, std::string_view case_no) = 0;
  /// Find() that keeps other writers of this case out until the commit.
  [[nodiscard]] virtual std::optional<Case> Lock(Transaction& tx, std::string_view case_no) = 0;
  virtual void Save(Transaction& tx, const Case& filed) = 0;
  /// The cases of one call, in the order they were drafted.
  [[nodiscard]] virtual std::vector<Case> OfCall(Session& session, std::string_view call_id) = 0;
  /// A caller's cases, newest first.
  [[nodiscard]] virtual std::vector<EarlierCase> OfCaller(Session& session, std::string_view site,
                                                          std::string_view caller_token, int limit) = 0;
  [[nodiscard]] virtual int CountOfCaller(Session& session, std::string_view site, std::string_view caller_token) = 0;
  /// Adds a line to the history, and to the feed of the site's changes. `wall`: when it was written.
  virtual void AddChange(Transaction& tx, std::string_view site, const CaseChange& change, Time wall) = 0;
  virtual void AddSupplement(Transaction& tx, std::string_view case_no, std::int64_t version,
                             std::string_view text) = 0;
  /// Makes the words of the case findable after they changed.
  virtual void Index(Transaction& tx, const Case& filed, std::string_view more_words) = 0;
  [[nodiscard]] virtual std::vector<std::string> Supplements(Session& session, std::string_view case_no) = 0;
};

/// Case numbers of a site and day: unique, growing, with gaps.
class CaseNumbers {
 public:
  virtual ~CaseNumbers() = default;
  [[nodiscard]] virtual std::string Next(Transaction& tx, std::string_view site, std::string_view site_code,
                                         Time opened_at) = 0;
};

/// That a contact was shown: to whom, why, when (the wall's clock).
struct Reveal {
  std::string case_no;
  std::string purpose;
  std::string actor;
  std::string request_id;  ///< Of the actor: a repeat is the same reveal.
  Time at;
};
enum class RevealNote { kWritten, kThereAlready, kDiffers };

/// Contacts and private words, sealed: the one place that holds them. `owner`: "call/<id>" or "case/<number>".
class ContactVault {
 public:
  virtual ~ContactVault() = default;
  /// The caller's token; "" when the contact names nobody.
  [[nodiscard]] virtual std::string TokenOf(std::string_view site, const Contact& contact) const = 0;
  /// A keyed hash of words, to tell equal ones later without keeping them.
  [[nodiscard]] virtual std::string Fingerprint(std::string_view site, std::string_view words) const = 0;
  virtual void Keep(Transaction& tx, std::string_view owner, const Contact& contact) = 0;
  virtual void KeepMentions(Transaction& tx, std::string_view owner, int part,
                            const std::vector<PrivateMention>& mentions) = 0;
  /// DATA_LOSS, FAILED_PRECONDITION: what the seal says. An owner without contact has an empty one.
  [[nodiscard]] virtual absl::StatusOr<Contact> Open(Session& session, std::string_view owner) = 0;
  [[nodiscard]] virtual absl::StatusOr<std::vector<PrivateMention>> OpenMentions(Session& session,
                                                                                 std::string_view owner) = 0;
  virtual RevealNote NoteReveal(Transaction& tx, const Reveal& reveal) = 0;
};

/// What intake tells its siblings, through the outbox of the same transaction.
class IntakeEvents {
 public:
  virtual ~IntakeEvents() = default;
  virtual void CallOpened(Transaction& tx, const Call& call, const std::vector<EarlierCase>& history) = 0;
  virtual void TurnAppended(Transaction& tx, const Call& call, const Turn& turn) = 0;
  virtual void CallClosed(Transaction& tx, const Call& call, std::optional<CaseKind> recorded_kind) = 0;
  virtual void CaseChanged(Transaction& tx, const Case& filed, const CaseChange& change) = 0;
};

}  // namespace hotline::intake
