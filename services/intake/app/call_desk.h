#pragma once

#include <optional>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "intake/app/case_book.h"
#include "intake/app/intake.h"
#include "intake/app/private_text.h"
#include "intake/domain/brief.h"
#include "platform/security/actor.h"

namespace hotline::intake {

struct OpenCallCommand {
  std::string site;  ///< Known to the directory.
  Channel channel = Channel::kPhone;
  std::optional<Time> started_at;
  Contact contact;
  std::vector<std::string> caller_tags;
  std::string agent_id;
  bool confidential = false;
};

struct OpenedCall {
  std::string call_id;
  CallerBrief brief;
};

struct FileMessageCommand {
  std::string site;
  Channel channel = Channel::kWeb;
  std::string external_id;
  HeardTurn turn;  ///< The only one.
  Contact contact;
  std::optional<Time> written_at;
  bool confidential = false;
};

struct FiledMessage {
  std::string case_no;
  std::string call_id;
};

/// Takes calls and messages. Every method is one step inside the caller's transaction: state and events together.
/// `wall` is the server's clock; the call's own is trusted where the site says so. Thread-safe.
class CallDesk {
 public:
  explicit CallDesk(const Intake& intake) : intake_{intake}, book_{intake} {}

  [[nodiscard]] OpenedCall Open(Transaction& tx, const OpenCallCommand& command, Time wall) const;

  /// The number of the turn, kept now or before. NOT_FOUND: no such call. ALREADY_EXISTS: other words under this
  /// number. Others: those of CheckTurn().
  [[nodiscard]] absl::StatusOr<int> AppendTurn(Transaction& tx, std::string_view call_id, const HeardTurn& heard) const;

  /// The last turn. NOT_FOUND; others: those of Close().
  [[nodiscard]] absl::StatusOr<int> Close(Transaction& tx, std::string_view call_id, std::int64_t at_ms,
                                          std::optional<CaseKind> recorded_kind, Time wall) const;

  /// A call of one turn, opened and closed, with its case in 待受理. ALREADY_EXISTS: the actor has sent this external
  /// id.
  [[nodiscard]] absl::StatusOr<FiledMessage> File(Transaction& tx, const FileMessageCommand& command,
                                                  const platform::Actor& actor, Time wall) const;

  /// What is known of whoever has this contact.
  [[nodiscard]] CallerBrief Brief(Session& session, std::string_view site, const Contact& contact, Time at) const;

 private:
  [[nodiscard]] CallerBrief BriefOf(Session& session, std::string_view site, std::string token, Time at) const;
  /// The turn of this number as it is kept; what was masked goes to the vault.
  [[nodiscard]] Turn Mask(Transaction& tx, const Call& call, const HeardTurn& heard, int number) const;

  const Intake& intake_;
  const CaseBook book_;
};

}  // namespace hotline::intake
