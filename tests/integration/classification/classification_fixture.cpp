#include "classification_fixture.h"

#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "classification/module.h"
#include "contract/platform_testing.h"
#include "contracts/timestamp.h"
#include "platform/bus/bus.h"
#include "platform/bus/consumer.h"
#include "platform/bus/topics.h"
#include "platform/config/config.h"
#include "platform/store/store.h"
#include "support/store_choice.h"

namespace hotline::classification {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds kPatience{20};
constexpr std::size_t kPartitions = 16;  // Of the topic of calls.

}  // namespace

/// Stands in for intake: hears what classification says, and what it said itself.
class CallDesk final : public platform::Module {
 public:
  CallDesk(platform::Resources& resources, ClassificationTest& test) : resources_{resources}, test_{test} {}
  void Register(grpc::ServerBuilder&) override {}
  void Start() override {
    const std::vector<std::int64_t> from_the_beginning(kPartitions, 0);
    calls_ = resources_.bus.Follow(platform::kCallsTopic, from_the_beginning, [this](auto batch) {
      for (const platform::Delivery& delivery : batch) Keep(test_.sent_, delivery.event);
      return absl::OkStatus();
    });
    assessments_ = platform::ConsumeInto(resources_.store, resources_.bus, resources_.sealer, resources_.metrics,
                                         platform::kAssessmentsTopic, "intake",
                                         [this](platform::Transaction& tx, const platform::Event& event) {
                                           tx.OnCommit([this, event] { Keep(test_.heard_, event); });
                                           return absl::OkStatus();
                                         });
  }
  void Stop() override {
    assessments_->Stop();
    calls_->Stop();
  }

 private:
  void Keep(std::vector<platform::Event>& events, const platform::Event& event) {
    const std::lock_guard lock{test_.mutex_};
    events.push_back(event);
    test_.changed_.notify_all();
  }

  platform::Resources& resources_;
  ClassificationTest& test_;
  std::unique_ptr<platform::Subscription> calls_;
  std::unique_ptr<platform::Subscription> assessments_;
};

ClassificationTest::ClassificationTest() {
  std::string name = (std::filesystem::temp_directory_path() / "hotline-classification-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error{"no temporary folder"};
  folder_ = name;
  Start();
}

ClassificationTest::~ClassificationTest() {
  Stop();
  std::filesystem::remove_all(folder_);
}

void ClassificationTest::Start(const std::filesystem::path& model_dir) {
  const auto config = platform::Config::Load({}, tests::StoreOf(folder_),
                                             {{"data_dir", folder_ / "data"},
                                              {"listen", "127.0.0.1:0"},
                                              {"metrics_listen", ""},
                                              {"model_dir", model_dir},
                                              {"model_refresh", "20ms"}});
  if (!config.ok()) throw std::runtime_error{std::string{config.status().message()}};
  auto process = platform::Process::Start(*config, {{"intake",
                                                     [this](platform::Resources& resources) {
                                                       desk_ = &resources;
                                                       return std::make_unique<CallDesk>(resources, *this);
                                                     }},
                                                    {"classification", [this](platform::Resources& resources) {
                                                       store_ = &resources.store;
                                                       return MakeModule(resources);
                                                     }}});
  if (!process.ok()) throw std::runtime_error{std::string{process.status().message()}};
  process_ = *std::move(process);
  stub_ = v1::ClassificationService::NewStub(platform::MakeChannel(process_->address()));
}

void ClassificationTest::Stop() {
  stub_.reset();
  process_.reset();
  sent_.clear();
}

void ClassificationTest::Publish(const std::string& site, const std::string& call_id,
                                 const google::protobuf::Message& message) {
  const absl::Status committed = desk_->store.InTransaction([&](platform::Transaction& tx) {
    tx.Publish(platform::kCallsTopic, {.type = message.GetTypeName(),
                                       .key = site + "/" + call_id,
                                       .time = kOpenedAt,
                                       .payload = message.SerializeAsString()});
    return absl::OkStatus();
  });
  ASSERT_TRUE(committed.ok()) << committed;
  ++on_the_bus_;
}

void ClassificationTest::Open(const std::string& call_id, const std::string& site) {
  intake::v1::CallOpened opened;
  opened.set_call_id(call_id);
  opened.set_site(site);
  opened.set_region("云州市");
  opened.set_channel(common::v1::CHANNEL_PHONE);
  *opened.mutable_started_at() = contracts::ToTimestamp(kOpenedAt);
  Publish(site, call_id, opened);
}

void ClassificationTest::Say(const std::string& call_id, int number, char who, const std::string& text,
                             const std::string& site) {
  intake::v1::TurnAppended appended;
  appended.set_call_id(call_id);
  appended.set_site(site);
  appended.set_turn(number);
  appended.set_speaker(who == 'a' ? common::v1::SPEAKER_AGENT : common::v1::SPEAKER_CALLER);
  *appended.mutable_said_at() = contracts::ToTimestamp(kOpenedAt + seconds{10 * number});
  appended.set_text(text);
  Publish(site, call_id, appended);
}

void ClassificationTest::Close(const std::string& call_id, int last_turn, common::v1::CaseKind recorded,
                               platform::Time at, const std::string& site) {
  intake::v1::CallClosed closed;
  closed.set_call_id(call_id);
  closed.set_site(site);
  closed.set_last_turn(last_turn);
  *closed.mutable_closed_at() = contracts::ToTimestamp(at);
  closed.set_recorded_kind(recorded);
  Publish(site, call_id, closed);
}

void ClassificationTest::HoldCall(const std::string& call_id, const std::vector<std::string>& texts,
                                  common::v1::CaseKind recorded, platform::Time at, const std::string& site) {
  Open(call_id, site);
  int number = 0;
  for (const std::string& text : texts) {
    ++number;
    Say(call_id, number, number % 2 == 1 ? 'c' : 'a', text, site);
  }
  Close(call_id, number, recorded, at, site);
}

void ClassificationTest::Write(const std::string& call_id, const std::string& title, const std::string& text) {
  intake::v1::CallOpened opened;
  opened.set_call_id(call_id);
  opened.set_site("yunzhou");
  opened.set_region("云州市");
  opened.set_channel(common::v1::CHANNEL_LETTER);
  opened.set_message(true);
  *opened.mutable_started_at() = contracts::ToTimestamp(kOpenedAt);
  Publish("yunzhou", call_id, opened);
  intake::v1::TurnAppended appended;
  appended.set_call_id(call_id);
  appended.set_site("yunzhou");
  appended.set_turn(1);
  appended.set_speaker(common::v1::SPEAKER_CALLER);
  *appended.mutable_said_at() = contracts::ToTimestamp(kOpenedAt);
  appended.set_title(title);
  appended.set_text(text);
  Publish("yunzhou", call_id, appended);
  Close(call_id, 1);
}

void ClassificationTest::Redeliver(std::size_t count) {
  std::vector<platform::Event> again;
  {
    std::unique_lock lock{mutex_};
    ASSERT_TRUE(changed_.wait_for(lock, kPatience, [&] { return sent_.size() >= count; }));
    again.assign(sent_.begin(), sent_.begin() + static_cast<std::ptrdiff_t>(count));
  }
  const absl::Status appended = desk_->bus.Append(platform::kCallsTopic, again, steady_clock::now() + kPatience);
  ASSERT_TRUE(appended.ok()) << appended;
  on_the_bus_ += count;
}

void ClassificationTest::AwaitQuiet() {
  {
    std::unique_lock lock{mutex_};
    ASSERT_TRUE(changed_.wait_for(lock, kPatience, [&] { return sent_.size() >= on_the_bus_; }));
  }
  ASSERT_TRUE(platform::testing::Eventually(
      [&] { return desk_->bus.Lag(platform::kCallsTopic, "classification").value_or(-1) == 0; }));
}

std::vector<platform::Event> ClassificationTest::Heard(const std::string& call_id, std::size_t count) {
  std::vector<platform::Event> of_call;
  std::unique_lock lock{mutex_};
  const bool all = changed_.wait_for(lock, kPatience, [&] {
    of_call.clear();
    for (const platform::Event& event : heard_) {
      if (event.key.ends_with("/" + call_id)) of_call.push_back(event);
    }
    return of_call.size() >= count;
  });
  if (!all) throw std::runtime_error{"heard only " + std::to_string(of_call.size()) + " events of " + call_id};
  return of_call;
}

v1::CallUnderstood ClassificationTest::AwaitUnderstood(const std::string& call_id,
                                                       std::vector<v1::TurnUnderstood>* before) {
  for (std::size_t count = 1;; ++count) {
    const platform::Event event = Heard(call_id, count)[count - 1];
    if (event.type == v1::CallUnderstood::descriptor()->full_name()) return Payload<v1::CallUnderstood>(event);
    if (before != nullptr) before->push_back(Payload<v1::TurnUnderstood>(event));
  }
}

std::vector<platform::DeadLetter> ClassificationTest::DeadLetters() {
  auto letters = platform::ListDeadLetters(*store_, 100);
  EXPECT_TRUE(letters.ok()) << letters.status();
  return letters.value_or(std::vector<platform::DeadLetter>{});
}

v1::GetUnderstandingResponse ClassificationTest::Understanding(const std::string& call_id) {
  v1::GetUnderstandingRequest request;
  request.set_call_id(call_id);
  v1::GetUnderstandingResponse response;
  const absl::Status status = Ask(&v1::ClassificationService::Stub::GetUnderstanding, request, response);
  EXPECT_TRUE(status.ok()) << status;
  return response;
}

v1::ListHotIssuesResponse ClassificationTest::HotIssues(int page_size, const std::string& page_token) {
  v1::ListHotIssuesRequest request;
  request.set_site("yunzhou");
  request.mutable_since()->set_seconds(1);
  request.set_page_size(page_size);
  request.set_page_token(page_token);
  v1::ListHotIssuesResponse response;
  const absl::Status status = Ask(&v1::ClassificationService::Stub::ListHotIssues, request, response);
  EXPECT_TRUE(status.ok()) << status;
  return response;
}

}  // namespace hotline::classification
