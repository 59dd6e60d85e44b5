// A mutating call over a real server: who may, what is repeated, what is refused, and what costs nothing.
#include <future>
#include <thread>

#include <gmock/gmock.h>

#include "rpc_desk.h"

namespace hotline::platform {
namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

TEST_F(DeskTest, AnswersARepeatedRequestWithTheFirstAnswer) {
  Start();
  EXPECT_EQ(Recorded(Outcome("r1", "f")), 1);
  EXPECT_EQ(Recorded(Outcome("r2", "f")), 2);
  EXPECT_EQ(Recorded(Outcome("r1", "f")), 1) << "the first answer, not the present state";
  EXPECT_EQ(desk_.works, 2);
}

TEST_F(DeskTest, RemembersRequestsAcrossARestart) {
  Start();
  ASSERT_EQ(Recorded(Outcome("r1", "f")), 1);
  process_.reset();
  Start();
  EXPECT_EQ(Recorded(Outcome("r1", "f")), 1);
  EXPECT_EQ(desk_.works, 1);
}

TEST_F(DeskTest, RefusesAnotherPayloadUnderTheSameRequestId) {
  Start();
  ASSERT_TRUE(Record(Outcome("r1", "f")).ok());
  EXPECT_EQ(Record(Outcome("r1", "g")).status().code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(DeskTest, KeepsTheRequestIdsOfActorsApart) {
  Start();
  EXPECT_EQ(Recorded(Outcome("r1", "f"), {.id = "wang", .role = Role::kFollowUp}), 1);
  EXPECT_EQ(Recorded(Outcome("r1", "f"), {.id = "zhao", .role = Role::kFollowUp}), 2);
}

TEST_F(DeskTest, AppliesConcurrentTwinsOnce) {
  Start();
  std::vector<std::future<std::int64_t>> twins;
  for (int i = 0; i < 16; ++i) {
    twins.push_back(std::async(std::launch::async, [&] { return Recorded(Outcome("r1", "f")); }));
  }
  for (auto& twin : twins) EXPECT_EQ(twin.get(), 1);
  EXPECT_EQ(desk_.works, 1);
}

TEST_F(DeskTest, NamesABadRequestId) {
  Start();
  for (const std::string& id : {std::string{}, std::string(65, 'x'), std::string{"tab\there"}, std::string{"号"}}) {
    const absl::Status status = Record(Outcome(id, "f")).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << id;
    EXPECT_THAT(Explain(status), HasSubstr("request_id")) << id;
  }
  EXPECT_TRUE(Record(Outcome(std::string(64, 'x'), "f")).ok());
}

TEST_F(DeskTest, NamesEveryBadFieldBeforeAnyWork) {
  Start();
  auto request = Outcome("r1", "");
  request.set_expected_version(-1);
  const absl::Status status = Record(request).status();
  EXPECT_EQ(Explain(status),
            "INVALID_ARGUMENT: follow_up_id is required; expected_version must not be negative (BAD_FIELD)");
  EXPECT_EQ(desk_.works, 0);
}

TEST_F(DeskTest, LetsOnlyTheRightRolesIn) {
  Start();
  const absl::Status status = Record(Outcome("r1", "f"), {.id = "li", .role = Role::kAgent}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(Explain(status), HasSubstr("follow-up"));
  EXPECT_EQ(desk_.works, 0);
}

TEST_F(DeskTest, KnowsWhoCalls) {
  Start();
  EXPECT_EQ(Get("f", {.id = "li", .role = Role::kAgent}).value(), "li");
  EXPECT_EQ(Get("f", {.id = "", .development = true}).value(), "development") << "on loopback, where it is allowed";
}

TEST_F(DeskTest, AsksForAnActorWhereThereIsNoDevelopmentActor) {
  Start({{"development_actor", "false"}});
  EXPECT_EQ(Get("f", {.id = "", .development = true}).status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_TRUE(Get("f").ok());
}

TEST_F(DeskTest, AcceptsTheDevelopmentActorInsideTheProcess) {
  Start();
  follow_ups_ = followup::FollowUpService::NewStub(process_->channel());
  EXPECT_EQ(Get("f", {.id = "", .development = true}).value(), "development");
  EXPECT_EQ(Recorded(Outcome("r1", "f")), 1);
  follow_ups_.reset();
}

TEST_F(DeskTest, RefusesWithARetryHintWhenTheWorkersAreFull) {
  Start({{"worker_threads", "1"}, {"worker_queue", "1"}});
  auto running = std::async(std::launch::async, [&] { return Get("wait"); });
  desk_.query_gate.AwaitArrivals(1);
  auto first = std::async(std::launch::async, [&] { return Get("f"); });
  auto second = std::async(std::launch::async, [&] { return Get("f"); });
  // One of them waits in the queue; the other finds it full, and so does every later one.
  while (first.wait_for(std::chrono::milliseconds{1}) != std::future_status::ready &&
         second.wait_for(std::chrono::milliseconds{1}) != std::future_status::ready) {
  }
  const absl::Status refused = Record(Outcome("r1", "f")).status();
  desk_.query_gate.Open();
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_GT(RetryDelayOf(refused).value_or(std::chrono::milliseconds{0}).count(), 0) << Explain(refused);
  EXPECT_TRUE(running.get().ok());
  EXPECT_NE(first.get().ok(), second.get().ok()) << "the queue keeps its promise to the one that waits";
  EXPECT_TRUE(Record(Outcome("r1", "f")).ok()) << "refused is not remembered";
}

TEST_F(DeskTest, DoesNoWorkForACallerWhoHasGone) {
  Start({{"worker_threads", "1"}});
  auto running = std::async(std::launch::async, [&] { return Get("wait"); });
  desk_.query_gate.AwaitArrivals(1);
  grpc::ClientContext context;
  Prepare(context, {.id = "wang", .role = Role::kFollowUp},
          std::chrono::steady_clock::now() + std::chrono::seconds{20});
  followup::RecordOutcomeResponse response;
  const auto request = Outcome("r1", "f");
  auto given_up =
      std::async(std::launch::async, [&] { return follow_ups_->RecordOutcome(&context, request, &response); });
  while (desk_.last_command == nullptr) std::this_thread::yield();
  context.TryCancel();
  EXPECT_EQ(given_up.get().error_code(), grpc::StatusCode::CANCELLED);
  while (!desk_.last_command.load()->IsCancelled()) std::this_thread::yield();
  desk_.query_gate.Open();
  ASSERT_TRUE(running.get().ok());
  ASSERT_TRUE(Get("f").ok()) << "the one worker has passed the given-up call";
  EXPECT_EQ(desk_.works, 0);
}

TEST_F(DeskTest, KeepsExceptionsInside) {
  Start();
  for (const absl::Status& status : {Get("throw").status(), Record(Outcome("r1", "broken")).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
    EXPECT_THAT(Explain(status), Not(HasSubstr("secret")));
  }
  EXPECT_TRUE(Record(Outcome("r1", "f")).ok()) << "the failed work left no claim on its request id";
}

TEST_F(DeskTest, SendsTheRequestIdBackForCorrelation) {
  Start();
  for (const std::string& sent : {std::string{"mine-1"}, std::string{}}) {
    grpc::ClientContext context;
    if (!sent.empty()) context.AddMetadata("hotline-request-id", sent);
    followup::GetFollowUpResponse response;
    ASSERT_TRUE(follow_ups_->GetFollowUp(&context, {}, &response).ok());
    const auto& metadata = context.GetServerInitialMetadata();
    ASSERT_EQ(metadata.count("hotline-request-id"), 1U);
    const auto back = metadata.find("hotline-request-id")->second;
    EXPECT_EQ(std::string(back.data(), back.size()).size(), sent.empty() ? 26U : sent.size());
  }
}

}  // namespace
}  // namespace hotline::platform
