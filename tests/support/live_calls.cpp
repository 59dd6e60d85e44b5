#include "support/live_calls.h"

#include <hotline/escalation/v1/escalation_service.grpc.pb.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <thread>

#include "hotline/cli/call.h"
#include "hotline/replay/player.h"
#include "platform/rpc/status.h"

namespace hotline::tests {
namespace {

namespace v1 = intake::v1;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds kCallPatience{180};
constexpr char kSite[] = "hailan";

void ExpectOneEach(const replay::RecordedCall& call, const std::map<int, int>& finals) {
  EXPECT_EQ(finals.size(), call.turns.size()) << call.id << ": a turn without an assessment";
  for (const auto& [turn, times] : finals) EXPECT_EQ(times, 1) << call.id << " turn " << turn;
}

/// Repeats until all of it was acknowledged; its patience is counted from when the trouble is over.
absl::StatusOr<replay::PlayedCall> PlayPatiently(v1::IntakeService::StubInterface& stub,
                                                 const replay::RecordedCall& call, const std::atomic<bool>& over) {
  absl::StatusOr<replay::PlayedCall> played = absl::UnavailableError("not tried");
  auto patience = steady_clock::now() + kCallPatience;
  while (!played.ok() && steady_clock::now() < patience) {
    played = replay::Play(stub, call, {});
    if (!over) patience = steady_clock::now() + kCallPatience;
    if (!played.ok()) std::this_thread::sleep_for(milliseconds{100});
  }
  return played;
}

}  // namespace

std::vector<replay::RecordedCall> LiveCalls(const std::string& salt) {
  auto calls = replay::ReadCallFile(std::string{HOTLINE_SOURCE_DIR} + "/deploy/demo/calls.jsonl", salt);
  EXPECT_TRUE(calls.ok()) << calls.status();
  if (!calls.ok()) return {};
  std::erase_if(*calls, [](const auto& call) { return call.open.site() != kSite; });
  return *std::move(calls);
}

void TakeCallsUntil(const std::shared_ptr<grpc::Channel>& channel, const std::vector<replay::RecordedCall>& calls,
                    const std::atomic<bool>& stop, std::atomic<int>& taken) {
  const auto stub = v1::IntakeService::NewStub(channel);
  for (std::size_t i = 0; i < calls.size() && !stop; ++i) {
    const auto played = PlayPatiently(*stub, calls[i], stop);
    ASSERT_TRUE(played.ok()) << calls[i].id << ": " << played.status();
    std::map<int, int> finals;
    for (const auto& entry : played->entries) {
      if (entry.has_risk() && !entry.risk().preliminary()) ++finals[entry.risk().turn()];
    }
    ExpectOneEach(calls[i], finals);
    ++taken;
  }
}

absl::Status TakeCall(v1::IntakeService::StubInterface& stub, const replay::RecordedCall& call, milliseconds patience) {
  const auto ask = [&](const auto& method) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + patience);
    return platform::FromGrpcStatus(method(&context));
  };
  v1::OpenCallResponse opened;
  absl::Status status = ask([&](auto* context) { return stub.OpenCall(context, call.open, &opened); });
  for (const v1::Turn& turn : call.turns) {
    if (!status.ok()) return status;
    v1::AppendTurnRequest append;
    append.set_request_id(call.open.request_id() + "-" + std::to_string(turn.turn()));
    append.set_call_id(opened.call_id());
    *append.mutable_turn() = turn;
    v1::AppendTurnResponse appended;
    status = ask([&](auto* context) { return stub.AppendTurn(context, append, &appended); });
  }
  if (!status.ok()) return status;
  v1::CloseCallRequest close = call.close;
  close.set_call_id(opened.call_id());
  v1::CloseCallResponse closed;
  return ask([&](auto* context) { return stub.CloseCall(context, close, &closed); });
}

void ExpectHeard(const std::shared_ptr<grpc::Channel>& channel, const replay::RecordedCall& call) {
  const auto intake = v1::IntakeService::NewStub(channel);
  v1::OpenCallResponse opened;
  const absl::Status again = cli::Call([&](auto* context) { return intake->OpenCall(context, call.open, &opened); });
  ASSERT_TRUE(again.ok()) << call.id << ": " << again;
  const auto stub = escalation::v1::EscalationService::NewStub(channel);
  escalation::v1::GetCallRiskRequest request;
  request.set_call_id(opened.call_id());
  std::map<int, int> finals;
  const auto deadline = steady_clock::now() + kCallPatience;
  while (finals.size() < call.turns.size() && steady_clock::now() < deadline) {
    escalation::v1::GetCallRiskResponse risk;
    static_cast<void>(cli::Call([&](auto* context) { return stub->GetCallRisk(context, request, &risk); }));
    finals.clear();
    for (const auto& turn : risk.turns()) finals[turn.turn()] += turn.preliminary() ? 0 : 1;
    std::erase_if(finals, [](const auto& turn) { return turn.second == 0; });
    std::this_thread::sleep_for(milliseconds{50});
  }
  ExpectOneEach(call, finals);
}

}  // namespace hotline::tests
