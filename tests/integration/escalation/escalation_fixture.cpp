#include "escalation_fixture.h"

#include <stdlib.h>

#include <algorithm>

#include "contracts/timestamp.h"
#include "escalation/module.h"
#include "platform/bus/bus.h"
#include "platform/bus/consumer.h"
#include "platform/bus/topics.h"
#include "platform/config/config.h"
#include "support/store_choice.h"

namespace hotline::escalation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds kPatience{20};
const platform::Time kStartedAt{std::chrono::seconds{1'772'500'000}};  // 2026-03-03 09:06:40 in China.

/// The other services: a store with its outbox, and an ear for what escalation says.
class Siblings final : public platform::Module {
 public:
  Siblings(platform::Resources& resources, Log& assessments, Log& alerts)
      : resources_{resources}, assessments_{assessments}, alerts_{alerts} {}
  void Register(grpc::ServerBuilder&) override {}
  void Start() override {
    Listen(platform::kAssessmentsTopic, assessments_);
    Listen(platform::kAlertsTopic, alerts_);
  }
  void Stop() override {
    for (const auto& subscription : subscriptions_) subscription->Stop();
  }

 private:
  void Listen(std::string_view topic, Log& log) {
    subscriptions_.push_back(platform::ConsumeInto(resources_.store, resources_.bus, resources_.sealer,
                                                   resources_.metrics, topic, "siblings",
                                                   [&log](platform::Transaction&, const platform::Event& event) {
                                                     log.Add(event);
                                                     return absl::OkStatus();
                                                   }));
  }

  platform::Resources& resources_;
  Log& assessments_;
  Log& alerts_;
  std::vector<std::unique_ptr<platform::Subscription>> subscriptions_;
};

/// Escalation on the test's clock.
class ClockedModule final : public platform::Module {
 public:
  ClockedModule(const platform::Resources& from, platform::Clock& clock)
      : resources_{from.config,  clock,         from.bus,     from.store,      from.cache,  from.sealer,
                   from.metrics, from.notifier, from.workers, from.channel_to, from.streams},
        module_{MakeModule(resources_)} {}
  void Register(grpc::ServerBuilder& builder) override { module_->Register(builder); }
  void Start() override { module_->Start(); }
  void Stop() override { module_->Stop(); }

 private:
  platform::Resources resources_;
  std::unique_ptr<platform::Module> module_;
};

std::filesystem::path NewDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "escalation-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"no temporary directory"};
  return pattern;
}

}  // namespace

void Log::Add(const platform::Event& event) {
  {
    const std::lock_guard lock{mutex_};
    events_.push_back(event);
  }
  grown_.notify_all();
}

Log::Events Log::Until(const std::string& call_id, const std::function<bool(const Events&)>& enough) {
  Events events;
  std::unique_lock lock{mutex_};
  const bool came = grown_.wait_for(lock, kPatience, [&] {
    events = Matching(call_id);
    return enough(events);
  });
  EXPECT_TRUE(came) << "waited in vain for an event of " << call_id;
  return events;
}

Log::Events Log::Of(const std::string& call_id) {
  const std::lock_guard lock{mutex_};
  return Matching(call_id);
}

Log::Events Log::Matching(const std::string& call_id) const {
  Events events;
  for (const platform::Event& event : events_) {
    if (event.key.ends_with("/" + call_id)) events.push_back(event);
  }
  return events;
}

EscalationTest::EscalationTest() : data_{NewDirectory()} { Start(); }

EscalationTest::~EscalationTest() {
  Stop();
  std::filesystem::remove_all(data_);
}

void EscalationTest::Start() {
  const auto config = platform::Config::Load({}, tests::StoreOf(data_),
                                             {{"data_dir", data_.string()},
                                              {"listen", "127.0.0.1:0"},
                                              {"metrics_listen", ""},
                                              {"log_level", "error"},
                                              {"escalation_patience", "300ms"}});
  if (!config.ok()) throw std::runtime_error{std::string{config.status().message()}};
  auto process =
      platform::Process::Start(*config, {{"escalation",
                                          [this](platform::Resources& resources) {
                                            resources_ = &resources;
                                            return std::make_unique<ClockedModule>(resources, clock_);
                                          }},
                                         {"siblings", [this](platform::Resources& resources) {
                                            siblings_ = &resources;
                                            return std::make_unique<Siblings>(resources, assessments_, alerts_);
                                          }}});
  if (!process.ok()) throw std::runtime_error{std::string{process.status().message()}};
  process_ = *std::move(process);
  stub_ = v1::EscalationService::NewStub(platform::MakeChannel(process_->address()));
}

void EscalationTest::Stop() {
  stub_.reset();
  process_.reset();
}

void EscalationTest::Publish(std::string_view topic, const std::string& call_id,
                             const google::protobuf::Message& message) {
  const absl::Status published = siblings_->store.InTransaction([&](platform::Transaction& tx) {
    tx.Publish(topic, {.type = message.GetTypeName(),
                       .key = "yunzhou/" + call_id,
                       .time = clock_.Now(),
                       .payload = message.SerializeAsString()});
    return absl::OkStatus();
  });
  ASSERT_TRUE(published.ok()) << published;
}

void EscalationTest::RedeliverAll(std::string_view topic, std::string_view source) {
  std::mutex mutex;
  std::condition_variable read_all;
  std::vector<platform::Event> sent;
  std::int64_t read = 0;
  const auto lag = siblings_->bus.Lag(topic, "nobody yet");
  ASSERT_TRUE(lag.ok()) << lag.status();
  const std::vector<std::int64_t> from_the_beginning(64, 0);
  const auto raw = siblings_->bus.Follow(topic, from_the_beginning, [&](auto batch) {
    const std::lock_guard lock{mutex};
    for (const platform::Delivery& delivery : batch) {
      ++read;
      if (delivery.event.source == source) sent.push_back(delivery.event);
    }
    read_all.notify_all();
    return absl::OkStatus();
  });
  {
    std::unique_lock lock{mutex};
    ASSERT_TRUE(read_all.wait_for(lock, kPatience, [&] { return read >= *lag; }));
  }
  raw->Stop();
  ASSERT_FALSE(sent.empty());
  const absl::Status appended = siblings_->bus.Append(topic, sent, steady_clock::now() + kPatience);
  ASSERT_TRUE(appended.ok()) << appended;
}

void EscalationTest::Open(const std::string& call_id, const std::string& site) {
  Publish(platform::kCallsTopic, call_id, Opened(call_id, site));
}

void EscalationTest::Say(const std::string& call_id, int turn, common::v1::Speaker speaker, const std::string& text) {
  Publish(platform::kCallsTopic, call_id, Appended(call_id, turn, speaker, text));
}

void EscalationTest::Understand(const std::string& call_id, int turn, common::v1::Emotion emotion) {
  Publish(platform::kAssessmentsTopic, call_id, Understood(call_id, turn, emotion));
}

void EscalationTest::Close(const std::string& call_id, int last_turn) {
  Publish(platform::kCallsTopic, call_id, Closed(call_id, last_turn));
  Publish(platform::kAssessmentsTopic, call_id, WholeUnderstood(call_id));
}

v1::TurnRiskAssessed EscalationTest::AwaitFinal(const std::string& call_id, int turn) {
  v1::TurnRiskAssessed final;
  assessments_.Until(call_id, [&](const Log::Events& events) {
    for (const auto& risk : AllOf<v1::TurnRiskAssessed>(events)) {
      if (risk.turn() == turn && !risk.preliminary()) final = risk;
    }
    return final.turn() == turn;
  });
  return final;
}

v1::CallReviewed EscalationTest::AwaitReviewed(const std::string& call_id) {
  const auto reviewed = AllOf<v1::CallReviewed>(
      assessments_.Until(call_id, [](const Log::Events& events) { return !AllOf<v1::CallReviewed>(events).empty(); }));
  return reviewed.empty() ? v1::CallReviewed{} : reviewed.front();
}

std::vector<v1::TurnRiskAssessed> EscalationTest::Risks(const std::string& call_id) {
  return AllOf<v1::TurnRiskAssessed>(assessments_.Of(call_id));
}

std::vector<v1::Alert> EscalationTest::AwaitAlerts(const std::string& call_id, std::size_t count) {
  const auto events = alerts_.Until(call_id, [&](const Log::Events& all) { return all.size() >= count; });
  std::vector<v1::Alert> alerts;
  for (const v1::AlertChanged& changed : AllOf<v1::AlertChanged>(events)) alerts.push_back(changed.alert());
  return alerts;
}

intake::v1::CallOpened Opened(const std::string& call_id, const std::string& site) {
  intake::v1::CallOpened opened;
  opened.set_call_id(call_id);
  opened.set_site(site);
  opened.set_region("云州市");
  opened.set_channel(common::v1::CHANNEL_PHONE);
  *opened.mutable_started_at() = contracts::ToTimestamp(kStartedAt);
  return opened;
}

intake::v1::TurnAppended Appended(const std::string& call_id, int turn, common::v1::Speaker speaker,
                                  const std::string& text) {
  intake::v1::TurnAppended appended;
  appended.set_call_id(call_id);
  appended.set_site("yunzhou");
  appended.set_turn(turn);
  appended.set_speaker(speaker);
  appended.set_at_ms(10'000 * turn);
  *appended.mutable_said_at() = contracts::ToTimestamp(kStartedAt + milliseconds{10'000 * turn});
  appended.set_text(text);
  return appended;
}

classification::v1::TurnUnderstood Understood(const std::string& call_id, int turn, common::v1::Emotion emotion) {
  classification::v1::TurnUnderstood understood;
  understood.set_call_id(call_id);
  understood.set_site("yunzhou");
  understood.set_turn(turn);
  understood.set_speaker(emotion == common::v1::EMOTION_UNSPECIFIED ? common::v1::SPEAKER_AGENT
                                                                    : common::v1::SPEAKER_CALLER);
  understood.set_emotion(emotion);
  if (emotion == common::v1::EMOTION_UNSPECIFIED) return understood;
  understood.set_emotion_confidence(0.9);
  for (int i = common::v1::Emotion_MIN + 1; i <= common::v1::Emotion_MAX; ++i) {
    understood.add_emotions(i == emotion ? 0.9 : 0.01);
  }
  return understood;
}

classification::v1::CallUnderstood WholeUnderstood(const std::string& call_id) {
  classification::v1::CallUnderstood understood;
  understood.set_call_id(call_id);
  understood.set_site("yunzhou");
  return understood;
}

intake::v1::CallClosed Closed(const std::string& call_id, int last_turn) {
  intake::v1::CallClosed closed;
  closed.set_call_id(call_id);
  closed.set_site("yunzhou");
  closed.set_last_turn(last_turn);
  *closed.mutable_closed_at() = contracts::ToTimestamp(kStartedAt + milliseconds{10'000 * (last_turn + 1)});
  return closed;
}

}  // namespace hotline::escalation
