// Streams that other sites and other versions may put on the bus of a real cluster. tests/fault/streams runs them.
#include <hotline/escalation/v1/escalation_service.grpc.pb.h>
#include <hotline/followup/v1/followup_service.grpc.pb.h>
#include <hotline/intake/v1/intake_events.pb.h>
#include <hotline/intake/v1/intake_service.grpc.pb.h>

#include <gmock/gmock.h>

#include <chrono>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

#include "hotline/cli/call.h"
#include "platform/bytes.h"
#include "platform/ids.h"
#include "platform/store/outbox.h"
#include "streams_fixture.h"
#include "support/event_log.h"

namespace hotline::tests {
namespace {

using platform::Event;
using std::chrono::milliseconds;
using testing::IsEmpty;
using testing::SizeIs;

/// The same event as if another site's intake had sent it.
class Mirror {
 public:
  explicit Mirror(const platform::Sealer& sealer) : sealer_{sealer} {}

  /// Null for what is no call's or case's.
  std::optional<Event> Of(const Event& near) const {
    const std::string payload = *sealer_.Unseal(near.payload, platform::SealContext(near));
    if (near.type == intake::v1::CallOpened::descriptor()->full_name())
      return Call<intake::v1::CallOpened>(near, payload);
    if (near.type == intake::v1::TurnAppended::descriptor()->full_name()) {
      return Call<intake::v1::TurnAppended>(near, payload);
    }
    if (near.type == intake::v1::CallClosed::descriptor()->full_name())
      return Call<intake::v1::CallClosed>(near, payload);
    intake::v1::CaseChanged changed;
    if (near.type != changed.GetTypeName() || !changed.ParseFromString(payload)) return std::nullopt;
    changed.mutable_case_()->set_site("far");
    changed.mutable_case_()->set_case_no("FAR-" + changed.case_().case_no());
    changed.mutable_case_()->set_state(common::v1::CASE_STATE_ANSWERED_DIRECTLY);  // It is to be followed up, once.
    changed.mutable_change()->set_case_no(changed.case_().case_no());
    return Sealed(near, "far/" + changed.case_().case_no(), changed.SerializeAsString());
  }

 private:
  template <typename Message>
  Event Call(const Event& near, const std::string& payload) const {
    Message message;
    EXPECT_TRUE(message.ParseFromString(payload));
    message.set_site("far");
    message.set_call_id("far-" + message.call_id());
    return Sealed(near, "far/" + message.call_id(), message.SerializeAsString());
  }

  Event Sealed(Event event, std::string key, const std::string& payload) const {
    event.id.front() = '7';  // Another than the near one's, and the same for what the log holds twice.
    event.key = std::move(key);
    event.payload = sealer_.Seal(payload, platform::SealContext(event));
    return event;
  }

  const platform::Sealer& sealer_;
};

int FollowUpsOf(const std::string& case_no, const std::shared_ptr<grpc::Channel>& channel) {
  followup::v1::ListCaseFollowUpsRequest request;
  request.set_case_no(case_no);
  followup::v1::ListCaseFollowUpsResponse response;
  const auto stub = followup::v1::FollowUpService::NewStub(channel);
  const absl::Status listed =
      cli::Call([&](auto* context) { return stub->ListCaseFollowUps(context, request, &response); });
  EXPECT_TRUE(listed.ok()) << listed;
  return response.follow_ups_size();
}

TEST_F(StreamsTest, AnotherSitesStreamMirroredTwiceIsConsumedOnce) {
  Ledger ledger{"near"};
  File(ledger, [] {});
  ASSERT_THAT(RecordDifferences(cluster_->NewChannel(), ledger), IsEmpty());
  const Mirror mirror{*sealer_};
  std::set<std::string> cases;
  for (const platform::Topic& topic : platform::AllTopics()) {
    if (topic.name != platform::kCallsTopic && topic.name != platform::kCasesTopic) continue;
    std::vector<Event> far;
    for (const Event& event : Read(topic.name)) {
      if (!absl::StartsWith(event.key, "near/")) continue;
      if (auto mirrored = mirror.Of(event)) far.push_back(*std::move(mirrored));
    }
    ASSERT_GE(far.size(), kMessages);
    for (const Event& event : far) {
      if (topic.name == platform::kCasesTopic) cases.insert(event.key.substr(event.key.find('/') + 1));
    }
    Append(topic.name, far);
    Append(topic.name, far);
  }
  AwaitReaders();
  EXPECT_THAT(LogDifferences(*cluster_, "far"), IsEmpty());
  ASSERT_GE(cases.size(), kMessages);
  const auto channel = cluster_->NewChannel();
  for (const std::string& case_no : cases) EXPECT_EQ(FollowUpsOf(case_no, channel), 1) << case_no;
  EXPECT_THAT(DeadLetters(*cluster_, "far"), IsEmpty());
}

/// The events of a file of tests/data/events, by topic.
std::map<std::string, std::vector<Event>> Recorded(const std::string& file, const platform::Sealer& sealer) {
  std::map<std::string, std::vector<Event>> events;
  std::ifstream lines{std::string{HOTLINE_SOURCE_DIR} + "/tests/data/events/" + file};
  for (std::string line; std::getline(lines, line);) {
    const auto row = nlohmann::json::parse(line);
    const platform::Time time{milliseconds{row["time_ms"].get<std::int64_t>()}};
    Event event{.id = platform::NewUlid(time),
                .source = row["source"].get<std::string>(),
                .type = row["type"].get<std::string>(),
                .key = row["key"].get<std::string>(),
                .sequence = row["sequence"].get<std::uint64_t>(),
                .time = time};
    event.payload = sealer.Seal(*platform::FromBase64(row["payload"].get<std::string>()), platform::SealContext(event));
    events[row["topic"].get<std::string>()].push_back(std::move(event));
  }
  return events;
}

/// A case that the recorded follow-up reopens.
void ImportAnswered(const std::shared_ptr<grpc::Channel>& channel, const std::string& case_no) {
  const auto stub = intake::v1::IntakeService::NewStub(channel);
  intake::v1::ImportCasesRequest request;
  request.set_request_id(case_no);
  auto& imported = *request.add_cases();
  imported.set_site("answered");
  imported.set_case_no(case_no);
  imported.set_summary("路灯坏了");
  imported.set_state(common::v1::CASE_STATE_ANSWERED_DIRECTLY);
  imported.mutable_at()->set_seconds(1'764'000'000);
  intake::v1::ImportCasesResponse response;
  const absl::Status done = cli::Call([&](auto* context) { return stub->ImportCases(context, request, &response); });
  ASSERT_TRUE(done.ok()) << done;
}

common::v1::CaseState StateOf(const std::shared_ptr<grpc::Channel>& channel, const std::string& case_no) {
  const auto stub = intake::v1::IntakeService::NewStub(channel);
  intake::v1::GetCaseRequest request;
  request.set_case_no(case_no);
  intake::v1::GetCaseResponse response;
  const absl::Status got = cli::Call([&](auto* context) { return stub->GetCase(context, request, &response); });
  EXPECT_TRUE(got.ok()) << got;
  return response.case_().state();
}

struct OtherVersion {
  const char* file;
  const char* site;
  const char* case_no;
};

/// The readings come first, so that they are the ones that count: this cluster's own classification reads the calls
/// too, and its events of this key are then repeats to everybody.
TEST_F(StreamsTest, EventsOfTheFirstSchemaAndOfALaterOneAreApplied) {
  for (const auto& [file, site, case_no] : {OtherVersion{"first_schema.jsonl", "recorded", "RECORDED-1"},
                                            OtherVersion{"later_schema.jsonl", "later", "LATER-1"}}) {
    const auto channel = cluster_->NewChannel();
    ImportAnswered(channel, case_no);
    auto events = Recorded(file, *sealer_);
    ASSERT_THAT(events, SizeIs(3));
    for (const auto topic : {platform::kAssessmentsTopic, platform::kCallsTopic, platform::kFollowUpsTopic}) {
      Append(topic, events[std::string{topic}]);
      AwaitReaders();
    }
    EXPECT_THAT(DeadLetters(*cluster_, site), IsEmpty());
    EXPECT_EQ(StateOf(channel, case_no), common::v1::CASE_STATE_REOPENED);
    const auto stub = escalation::v1::EscalationService::NewStub(channel);
    escalation::v1::GetCallRiskRequest request;
    request.set_call_id(absl::StrCat(site, "-call"));
    escalation::v1::GetCallRiskResponse risk;
    const absl::Status got = cli::Call([&](auto* context) { return stub->GetCallRisk(context, request, &risk); });
    ASSERT_TRUE(got.ok()) << got;
    ASSERT_EQ(risk.turns_size(), 2) << site;
    for (const auto& turn : risk.turns()) {
      EXPECT_FALSE(turn.preliminary()) << site;
      EXPECT_FALSE(turn.degraded()) << site << ": assessed without the recorded reading";
    }
  }
}

}  // namespace
}  // namespace hotline::tests
