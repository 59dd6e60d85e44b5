#include "hotline/replay/old_calls.h"

#include <functional>
#include <map>
#include <set>
#include <string>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>

#include "contracts/timestamp.h"
#include "hotline/cli/call.h"
#include "hotline/cli/pages.h"
#include "hotline/replay/watcher.h"
#include "platform/time.h"

namespace hotline::replay {
namespace {

namespace v1 = intake::v1;

constexpr int kMostEarlierCases = 50;

/// A number that stands for a caller whose own is not given out: equal tokens, equal numbers.
std::string StandInPhone(const std::string& caller_token) {
  if (caller_token.empty()) return "";
  return absl::StrFormat("199%08d", std::hash<std::string>{}(caller_token) % 100'000'000);
}

v1::ImportedCase Imported(const v1::Case& earlier, const std::string& phone) {
  v1::ImportedCase imported;
  imported.set_site(earlier.site());
  imported.set_case_no(earlier.case_no());
  *imported.mutable_at() = earlier.opened_at();
  imported.set_summary(earlier.title());
  imported.set_state(earlier.state());
  imported.set_satisfaction(earlier.satisfaction());
  imported.mutable_contact()->set_phone(phone);
  return imported;
}

/// Earlier cases of the caller of `of`.
absl::StatusOr<std::vector<v1::Case>> EarlierCases(v1::IntakeService::StubInterface& stub, const v1::Case& of) {
  if (of.caller_token().empty()) return std::vector<v1::Case>{};
  v1::ListCasesRequest request;
  request.set_site(of.site());
  request.set_caller_token(of.caller_token());
  *request.mutable_opened_until() = of.opened_at();
  request.set_page_size(kMostEarlierCases);
  v1::ListCasesResponse response;
  const absl::Status read = cli::Call([&](auto* context) { return stub.ListCases(context, request, &response); });
  if (!read.ok()) return read;
  std::vector<v1::Case> earlier;
  for (const v1::Case& one : response.cases()) {
    if (one.call_id() != of.call_id()) earlier.push_back(one);
  }
  return earlier;
}

const v1::CallSettled* SettledOf(const PlayedCall& played) {
  for (const auto& entry : played.entries) {
    if (entry.has_settled()) return &entry.settled();
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> OldCallIds(v1::IntakeService::StubInterface& stub, const std::string& site,
                                                    std::size_t limit) {
  std::vector<std::string> ids;
  std::set<std::string> seen;
  v1::ListCasesRequest request;
  request.set_site(site);
  const absl::Status read = cli::ReadPages<v1::ListCasesResponse>(
      request, [&](auto* context, const auto& asked, auto* answer) { return stub.ListCases(context, asked, answer); },
      [&](const auto& page) {
        for (const v1::Case& one : page.cases()) {
          if (ids.size() == limit) return false;
          if (!one.call_id().empty() && seen.insert(one.call_id()).second) ids.push_back(one.call_id());
        }
        return true;
      });
  if (!read.ok()) return read;
  return ids;
}

RecordedCall ToRecordedCall(const PlayedCall& played, const std::vector<v1::Case>& earlier) {
  std::map<int, const classification::v1::TurnUnderstood*> turns;
  for (const auto& entry : played.entries) {
    if (entry.has_understood()) turns[entry.understood().turn()] = &entry.understood();
  }
  RecordedCall call;
  call.id = played.call_id;
  const v1::CallSettled* const settled = SettledOf(played);
  const v1::Case first = settled == nullptr || settled->cases().empty() ? v1::Case{} : settled->cases(0);
  call.phone = StandInPhone(first.caller_token());
  const std::string key = cli::RequestIdOf(absl::StrCat("old call ", played.call_id));
  call.open.set_request_id(absl::StrCat(key, "-open"));
  call.open.set_site(first.site());
  call.open.set_channel(first.channel());
  call.open.mutable_contact()->set_phone(call.phone);
  const std::int64_t began = turns.empty() ? 0 : turns.begin()->second->said_at_ms();
  *call.open.mutable_started_at() = contracts::ToTimestamp(platform::Time{std::chrono::milliseconds{began}});
  for (const auto& [number, understood] : turns) {
    if (call.turns.empty()) {
      for (const std::string& tag : understood->caller_tags()) call.open.add_caller_tags(tag);
    }
    v1::Turn& turn = call.turns.emplace_back();
    turn.set_turn(static_cast<int>(call.turns.size()));
    turn.set_speaker(understood->speaker());
    turn.set_at_ms(understood->said_at_ms() - began);
    turn.set_text(understood->text());
  }
  for (const v1::Case& one : earlier) {
    if (call.history.empty()) call.history.emplace_back().set_request_id(absl::StrCat(key, "-history"));
    *call.history.back().add_cases() = Imported(one, call.phone);
  }
  call.close.set_request_id(absl::StrCat(key, "-close"));
  if (!call.turns.empty()) call.close.set_at_ms(call.turns.back().at_ms());
  return call;
}

absl::StatusOr<OldCall> ReadOldCall(v1::IntakeService::StubInterface& stub, const std::string& call_id,
                                    std::chrono::seconds patience) {
  PlayedCall played{.call_id = call_id, .entries = {}};
  {
    Watcher watcher{stub, call_id};
    const absl::Status settled = watcher.AwaitSettled(std::chrono::steady_clock::now() + patience);
    if (!settled.ok()) return absl::FailedPreconditionError(absl::StrCat(call_id, ": ", settled.message()));
    played.entries = watcher.Entries();
  }
  const v1::CallSettled* const settled = SettledOf(played);
  std::vector<v1::Case> earlier;
  if (settled != nullptr && !settled->cases().empty()) {
    auto read = EarlierCases(stub, settled->cases(0));
    if (!read.ok()) return read.status();
    earlier = *std::move(read);
  }
  RecordedCall call = ToRecordedCall(played, earlier);
  if (call.turns.empty()) return absl::FailedPreconditionError(absl::StrCat(call_id, ": nothing of it is left"));
  return OldCall{.call = std::move(call), .played = std::move(played)};
}

}  // namespace hotline::replay
