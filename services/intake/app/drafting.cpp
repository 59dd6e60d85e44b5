#include "intake/app/drafting.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include "intake/domain/deadlines.h"
#include "intake/domain/repeats.h"
#include "platform/rpc/status.h"

namespace hotline::intake {
namespace {

constexpr int kEarlierCases = 50;
constexpr std::size_t kTitleBytes = 90;  // Thirty ideographs.

absl::Status NoSuchCall() { return platform::WithReason(absl::NotFoundError("no such call"), "CALL_UNKNOWN"); }

void NoteProgress(Call& call, const CallNews& news) {
  switch (news.kind) {
    case FeedKind::kRisk:
      if (news.final) call.risk_through = std::max(call.risk_through, news.turn);
      break;
    case FeedKind::kAdvice: call.advice_through = std::max(call.advice_through, news.turn); break;
    case FeedKind::kReviewed: call.reviewed = true; break;
    case FeedKind::kCallUnderstood: call.understanding_came = true; break;
    case FeedKind::kTurnUnderstood:
    case FeedKind::kAlert:
    case FeedKind::kSettled: break;
  }
}

/// The caller's own words, for a case that nobody has understood yet.
std::string CallerWords(const std::vector<Turn>& turns) {
  std::string words;
  for (const Turn& turn : turns) {
    if (turn.speaker != Speaker::kCaller) continue;
    if (!words.empty()) words += "\n";
    words += turn.text;
  }
  return words;
}

/// The beginning of a text, cut between characters.
std::string Beginning(const std::string& text) {
  std::size_t end = std::min(text.size(), kTitleBytes);
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, std::min(end, text.find('\n')));
}

void AddTags(Case& filed, const std::vector<std::string>& tags) {
  for (const std::string& tag : tags) {
    if (std::find(filed.caller_tags.begin(), filed.caller_tags.end(), tag) == filed.caller_tags.end()) {
      filed.caller_tags.push_back(tag);
    }
  }
}

}  // namespace

absl::Status Drafting::Take(Transaction& tx, const CallNews& news, Time wall) const {
  std::optional<Call> call = intake_.calls.Lock(tx, news.call_id);
  if (!call) return NoSuchCall();
  if (call->settled && (news.kind != FeedKind::kCallUnderstood || call->understood)) {
    if (news.peril) HeedLate(tx, *call, *news.peril, wall);
    return absl::OkStatus();
  }
  NoteProgress(*call, news);
  AppendFeed(tx, *call, news.kind, news.payload);
  Advance(tx, *call, wall);
  intake_.calls.Save(tx, *call);
  return absl::OkStatus();
}

absl::Status Drafting::GiveUpWaiting(Transaction& tx, std::string_view call_id, Time wall) const {
  std::optional<Call> call = intake_.calls.Lock(tx, call_id);
  if (!call) return NoSuchCall();
  if (call->settled) return absl::OkStatus();
  Advance(tx, *call, wall);
  intake_.calls.Save(tx, *call);
  return absl::OkStatus();
}

void Drafting::Advance(Transaction& tx, Call& call, Time wall) const {
  if (!call.closed()) return;
  const bool waited_enough = wall - *call.closed_wall_at >= intake_.patience;
  // What a supervisor was warned of is part of what the cases are.
  const bool heard_out = call.risk_through >= call.last_turn || waited_enough;
  if (call.understanding_came && !call.understood && heard_out) {
    CallUnderstanding understanding = intake_.feed.Understanding(tx, call.call_id).value_or(CallUnderstanding{});
    const std::optional<HeardPeril> peril = intake_.feed.Peril(tx, call.call_id);
    if (peril && !understanding.matters.empty()) Heed(*peril, understanding.matters);
    const bool needs_answer = std::any_of(understanding.matters.begin(), understanding.matters.end(), NeedsAnswer);
    if (!needs_answer || call.advice_through >= call.last_caller_turn || waited_enough) {
      DraftUnderstood(tx, call, understanding, wall);
    }
  }
  if (!call.drafted && waited_enough) DraftUnderstandingNothing(tx, call, wall);
  if (call.drafted && !call.settled && ((call.understood && call.assessed()) || waited_enough)) {
    call.settled = true;
    AppendFeed(tx, call, FeedKind::kSettled, "");
  }
}

void Drafting::DraftUnderstood(Transaction& tx, Call& call, const CallUnderstanding& understanding, Time wall) const {
  std::vector<Case> filed = intake_.cases.OfCall(tx, call.call_id);
  call.drafted = call.understood = true;
  const bool in_hand = std::any_of(filed.begin(), filed.end(), [](const Case& one) { return one.touched; });
  if (in_hand) return;  // A person is at it: the machine's word comes too late.
  if (understanding.matters.empty()) {
    if (filed.empty()) DraftUnderstandingNothing(tx, call, wall);
    return;
  }
  // A message is one case, whatever it speaks of.
  const std::size_t matters = call.message ? 1 : understanding.matters.size();
  for (std::size_t i = 0; i < matters; ++i) {
    const UnderstoodMatter& matter = understanding.matters[i];
    if (i < filed.size()) {
      if (filed[i].state != CaseState::kPending) continue;
      if (!call.message) filed[i].title = filed[i].text = "";  // Written by the machine: the better words replace them.
      const bool new_words = filed[i].title.empty() || filed[i].text.empty();  // A sender's own stay.
      Route(filed[i], call, matter, understanding, tx, wall);
      if (new_words) intake_.cases.Index(tx, filed[i], "");
      book_.Change(tx, filed[i], Action::kUnderstood, CaseState::kPending, "", kMachine, call.BusinessTime(wall), wall);
    } else {
      Case drafted = NewCase(tx, call);
      Route(drafted, call, matter, understanding, tx, wall);
      if (!book_.Open(tx, drafted, Action::kFiled, kMachine, wall)) throw std::logic_error{"a case number came twice"};
    }
  }
}

void Drafting::HeedLate(Transaction& tx, const Call& call, const HeardPeril& peril, Time wall) const {
  for (const Case& drafted : intake_.cases.OfCall(tx, call.call_id)) {
    std::optional<Case> filed = intake_.cases.Lock(tx, drafted.case_no);
    if (!filed || filed->touched || IsEnd(filed->state)) continue;
    if (Mark(peril, *filed)) {
      if (filed->state == CaseState::kToDispatch) filed->due_at = filed->opened_at + DispatchLimit(*filed);
      book_.Change(tx, *filed, Action::kUnderstood, filed->state, "", kMachine, call.BusinessTime(wall), wall);
    }
    if (peril.peril != Peril::kInformant) return;  // The first is the one in danger.
  }
}

void Drafting::DraftUnderstandingNothing(Transaction& tx, Call& call, Time wall) const {
  call.drafted = true;
  if (call.message || call.last_caller_turn == 0) return;  // The message has its case; nobody spoke: there is none.
  Case drafted = NewCase(tx, call);
  drafted.text = CallerWords(intake_.calls.Turns(tx, call.call_id));
  drafted.title = Beginning(drafted.text);
  AddTags(drafted, call.caller_tags);
  drafted.due_at = drafted.opened_at + DispatchLimit(drafted);
  if (!book_.Open(tx, drafted, Action::kFiled, kMachine, wall)) throw std::logic_error{"a case number came twice"};
}

void Drafting::Route(Case& filed, const Call& call, const UnderstoodMatter& matter,
                     const CallUnderstanding& understanding, Session& session, Time wall) const {
  const auto answers =
      NeedsAnswer(matter) ? intake_.feed.Answers(session, call.call_id) : std::vector<KnowledgeAnswer>{};
  FillAndRoute(filed, matter, answers, intake_.routing, intake_.calendar, call.BusinessTime(wall));
  AddTags(filed, call.caller_tags);
  AddTags(filed, understanding.caller_tags);
  if (filed.caller_token.empty()) return;
  std::vector<EarlierCase> earlier = intake_.cases.OfCaller(session, call.site, call.caller_token, kEarlierCases);
  std::erase_if(earlier, [&](const EarlierCase& one) { return one.call_id == call.call_id; });
  LinkRepeats(filed, earlier);
}

void Drafting::AppendFeed(Transaction& tx, Call& call, FeedKind kind, std::string payload) const {
  intake_.feed.Append(tx, call.call_id, {.position = ++call.feed_length, .kind = kind, .payload = std::move(payload)});
  tx.OnCommit([&notifier = intake_.notifier, key = CallFeedKey(call.call_id)] { notifier.Notify(key); });
}

Case Drafting::NewCase(Transaction& tx, const Call& call) const {
  const Site* site = intake_.sites.Find(call.site);
  if (site == nullptr) throw std::runtime_error{"the site of an open call has left the configuration: " + call.site};
  Case drafted;
  drafted.opened_at = drafted.updated_at = *call.closed_at;
  drafted.case_no = intake_.numbers.Next(tx, site->id, site->code, drafted.opened_at);
  drafted.site = call.site;
  drafted.region = call.region;
  drafted.channel = call.channel;
  drafted.call_id = call.call_id;
  drafted.caller_token = call.caller_token;
  drafted.confidential = call.confidential;
  return drafted;
}

}  // namespace hotline::intake
