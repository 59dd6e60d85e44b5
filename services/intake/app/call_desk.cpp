#include "intake/app/call_desk.h"

#include <utility>

#include "intake/domain/deadlines.h"
#include "platform/ids.h"
#include "platform/rpc/status.h"

namespace hotline::intake {
namespace {

constexpr int kBriefCases = 50;
constexpr int kHistoryCases = 20;

absl::Status NoSuchCall() { return platform::WithReason(absl::NotFoundError("no such call"), "CALL_UNKNOWN"); }

Time CallTime(const Site& site, const std::optional<Time>& stated, Time wall) {
  return site.trusts_call_time && stated ? *stated : wall;
}

/// The words that tell this turn from another under the same number.
std::string Said(const Turn& turn) {
  return std::to_string(static_cast<int>(turn.speaker)) + " " + turn.title + "\n" + turn.text;
}

std::vector<EarlierCase> Newest(std::vector<EarlierCase> cases) {
  if (cases.size() > kHistoryCases) cases.resize(kHistoryCases);
  return cases;
}

Call NewCall(const Site& site, Channel channel, Time started_at, Time wall) {
  Call call;
  call.call_id = platform::NewUlid(wall);
  call.site = site.id;
  call.region = site.region;
  call.channel = channel;
  call.started_at = started_at;
  return call;
}

}  // namespace

CallerBrief CallDesk::BriefOf(Session& session, std::string_view site, std::string token, Time at) const {
  if (token.empty()) return {};
  std::vector<EarlierCase> cases = intake_.cases.OfCaller(session, site, token, kBriefCases);
  int total = static_cast<int>(cases.size());
  if (total == kBriefCases) total = intake_.cases.CountOfCaller(session, site, token);
  return MakeBrief(std::move(token), std::move(cases), total, at);
}

CallerBrief CallDesk::Brief(Session& session, std::string_view site, const Contact& contact, Time at) const {
  return BriefOf(session, site, intake_.vault.TokenOf(site, contact), at);
}

OpenedCall CallDesk::Open(Transaction& tx, const OpenCallCommand& command, Time wall) const {
  const Site& site = *intake_.sites.Find(command.site);
  Call call = NewCall(site, command.channel, CallTime(site, command.started_at, wall), wall);
  call.caller_token = intake_.vault.TokenOf(site.id, command.contact);
  call.caller_tags = command.caller_tags;
  call.agent_id = command.agent_id;
  call.confidential = command.confidential;
  CallerBrief brief = BriefOf(tx, site.id, call.caller_token, call.started_at);
  if (!intake_.calls.Insert(tx, call)) throw std::logic_error{"a new call met an old one"};
  if (!command.contact.empty()) intake_.vault.Keep(tx, "call/" + call.call_id, command.contact);
  intake_.events.CallOpened(tx, call, Newest(brief.cases));
  return {.call_id = call.call_id, .brief = std::move(brief)};
}

Turn CallDesk::Mask(Transaction& tx, const Call& call, const HeardTurn& heard, int number) const {
  std::vector<PrivateMention> mentions = heard.title.mentions;
  mentions.insert(mentions.end(), heard.text.mentions.begin(), heard.text.mentions.end());
  for (PrivateMention& mention : mentions) mention.turn = number;
  if (!mentions.empty()) intake_.vault.KeepMentions(tx, "call/" + call.call_id, number, mentions);
  return {.turn = number,
          .speaker = heard.said.speaker,
          .at_ms = heard.said.at_ms,
          .text = heard.text.text,
          .title = heard.title.text,
          .fingerprint = intake_.vault.Fingerprint(call.site, Said(heard.said))};
}

absl::StatusOr<int> CallDesk::AppendTurn(Transaction& tx, std::string_view call_id, const HeardTurn& heard) const {
  std::optional<Call> call = intake_.calls.Lock(tx, call_id);
  if (!call) return NoSuchCall();
  Turn turn = heard.said;
  const absl::StatusOr<TurnVerdict> verdict = CheckTurn(*call, turn);
  if (!verdict.ok()) return verdict.status();
  if (*verdict == TurnVerdict::kRepeat) {
    const std::string kept = intake_.calls.FingerprintOf(tx, call_id, turn.turn);
    if (kept == intake_.vault.Fingerprint(call->site, Said(turn))) return turn.turn;
    return platform::WithReason(
        absl::AlreadyExistsError("turn " + std::to_string(turn.turn) + " was kept with other words"), "TURN_DIFFERS");
  }
  const Turn masked = Mask(tx, *call, heard, turn.turn);
  Append(*call, masked);
  intake_.calls.InsertTurn(tx, call_id, masked);
  intake_.calls.Save(tx, *call);
  intake_.events.TurnAppended(tx, *call, masked);
  return masked.turn;
}

absl::StatusOr<int> CallDesk::Close(Transaction& tx, std::string_view call_id, std::int64_t at_ms,
                                    std::optional<CaseKind> recorded_kind, Time wall) const {
  std::optional<Call> call = intake_.calls.Lock(tx, call_id);
  if (!call) return NoSuchCall();
  if (absl::Status closed = intake::Close(*call, at_ms, wall); !closed.ok()) return closed;
  intake_.calls.Save(tx, *call);
  intake_.events.CallClosed(tx, *call, recorded_kind);
  return call->last_turn;
}

absl::StatusOr<FiledMessage> CallDesk::File(Transaction& tx, const FileMessageCommand& command,
                                            const platform::Actor& actor, Time wall) const {
  const Site& site = *intake_.sites.Find(command.site);
  Call call = NewCall(site, command.channel, CallTime(site, command.written_at, wall), wall);
  call.message = true;
  call.caller_token = intake_.vault.TokenOf(site.id, command.contact);
  call.confidential = command.confidential;
  call.external_id = command.external_id;
  call.external_actor = actor.id;
  const Turn turn = Mask(tx, call, command.turn, 1);
  Append(call, turn);
  if (absl::Status closed = intake::Close(call, 0, wall); !closed.ok()) return closed;
  if (!intake_.calls.Insert(tx, call)) {
    return platform::WithReason(absl::AlreadyExistsError("this external_id has been filed"), "EXTERNAL_ID_TAKEN");
  }
  intake_.calls.InsertTurn(tx, call.call_id, turn);
  if (!command.contact.empty()) intake_.vault.Keep(tx, "call/" + call.call_id, command.contact);

  Case filed;
  filed.case_no = intake_.numbers.Next(tx, site.id, site.code, call.started_at);
  filed.site = site.id;
  filed.region = site.region;
  filed.channel = call.channel;
  filed.call_id = call.call_id;
  filed.external_id = call.external_id;
  filed.title = turn.title;
  filed.text = turn.text;
  filed.opened_at = filed.updated_at = call.started_at;
  filed.due_at = filed.opened_at + DispatchLimit(filed);
  filed.confidential = call.confidential;
  filed.caller_token = call.caller_token;
  const std::vector<EarlierCase> history = BriefOf(tx, site.id, call.caller_token, call.started_at).cases;
  if (!book_.Open(tx, filed, Action::kFiled, actor.id, wall)) throw std::logic_error{"a case number was given twice"};
  intake_.events.CallOpened(tx, call, Newest(history));
  intake_.events.TurnAppended(tx, call, turn);
  intake_.events.CallClosed(tx, call, std::nullopt);
  return FiledMessage{.case_no = filed.case_no, .call_id = call.call_id};
}

}  // namespace hotline::intake
