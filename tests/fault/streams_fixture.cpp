#include "streams_fixture.h"

#include <algorithm>
#include <span>
#include <utility>

#include "platform/bus/kafka_bus.h"
#include "platform/ids.h"
#include "platform/store/outbox.h"
#include "platform/time.h"
#include "support/event_log.h"

namespace hotline::tests {
namespace {

using platform::Event;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

/// Who reads what: topic, group.
constexpr std::pair<std::string_view, std::string_view> kReaders[] = {
    {platform::kCallsTopic, "classification"},   {platform::kCallsTopic, "escalation"},
    {platform::kAssessmentsTopic, "escalation"}, {platform::kAssessmentsTopic, "knowledge"},
    {platform::kAssessmentsTopic, "intake"},     {platform::kAlertsTopic, "intake"},
    {platform::kAdviceTopic, "intake"},          {platform::kFollowUpsTopic, "intake"},
    {platform::kCasesTopic, "followup"},
};

const platform::Topic& TopicNamed(std::string_view name) {
  const auto topics = platform::AllTopics();
  return *std::find_if(topics.begin(), topics.end(), [&](const auto& topic) { return topic.name == name; });
}

}  // namespace

void StreamsTest::SetUpTestSuite() {
  cluster_ = std::make_unique<Cluster>(
      "--cache memory --set sites=good=GO=云州市,answered=AN=云州市,twice=TW=云州市,near=NE=云州市");
  bus_ = platform::OpenKafkaBus({.servers = cluster_->kafka()});
  auto sealer = platform::Sealer::Open(cluster_->keyring());
  ASSERT_TRUE(sealer.ok()) << sealer.status();
  sealer_ = *std::move(sealer);
}

void StreamsTest::TearDownTestSuite() {
  bus_.reset();
  cluster_.reset();
}

void StreamsTest::Append(std::string_view topic, const std::vector<Event>& events) {
  constexpr std::size_t kAtOnce = 200;
  for (std::size_t i = 0; i < events.size(); i += kAtOnce) {
    const auto batch = std::span{events}.subspan(i, std::min(kAtOnce, events.size() - i));
    const absl::Status appended = bus_->Append(topic, batch, steady_clock::now() + seconds{30});
    ASSERT_TRUE(appended.ok()) << appended;
  }
}

std::vector<Event> StreamsTest::Read(std::string_view topic) { return ReadTopic(*bus_, TopicNamed(topic)); }

void StreamsTest::AwaitReaders() {
  const auto patience = steady_clock::now() + seconds{60};
  for (const auto& [topic, group] : kReaders) {
    auto lag = bus_->Lag(topic, group);
    while ((!lag.ok() || *lag > 0) && steady_clock::now() < patience) {
      std::this_thread::sleep_for(milliseconds{100});
      lag = bus_->Lag(topic, group);
    }
    ASSERT_TRUE(lag.ok() && *lag == 0) << group << " is behind in " << topic;
  }
}

Event StreamsTest::FromIntake(std::string type, std::string key, std::uint64_t sequence, const std::string& payload,
                              bool sealed) {
  const platform::Time now = platform::WallClock{}.Now();
  Event event{.id = platform::NewUlid(now),
              .source = "hotline/intake",
              .type = std::move(type),
              .key = std::move(key),
              .sequence = sequence,
              .time = now};
  event.payload = sealed ? sealer_->Seal(payload, platform::SealContext(event)) : payload;
  return event;
}

}  // namespace hotline::tests
