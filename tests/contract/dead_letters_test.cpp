// What operators see of events that a service could not apply, over the wire: listed, redriven, skipped.
#include <atomic>

#include <gmock/gmock.h>
#include <hotline/operations/v1/operations_service.grpc.pb.h>

#include "contract/platform_testing.h"
#include "platform/bus/consumer.h"
#include "platform/bus/topics.h"
#include "platform/config/config.h"
#include "platform/rpc/client.h"
#include "platform/rpc/status.h"
#include "platform/runtime/process.h"

namespace hotline::platform {
namespace {

namespace v1 = operations::v1;
using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::ElementsAre;
using testing::Eventually;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// A service that cannot apply "poison" until it is mended, and remembers what it applied.
class Taster final : public Module {
 public:
  explicit Taster(Resources& resources) : resources_{resources} {}
  void Register(grpc::ServerBuilder&) override {}
  void Start() override {
    calls_ = ConsumeInto(resources_.store, resources_.bus, resources_.sealer, resources_.metrics, kCallsTopic,
                         "tasters", [this](Transaction& tx, const Event& event) -> absl::Status {
                           if (event.payload == "poison" && !mended) return absl::InvalidArgumentError("bitter");
                           tx.OnCommit([this, said = event.key + ":" + event.payload] {
                             const std::lock_guard lock{mutex_};
                             applied_.push_back(said);
                           });
                           return absl::OkStatus();
                         });
  }
  void Stop() override { calls_->Stop(); }

  void Say(const std::string& key, const std::string& payload) {
    ASSERT_TRUE(resources_.store
                    .InTransaction([&](Transaction& tx) {
                      tx.Publish(kCallsTopic, {.type = "hotline.test.v1.Said", .key = key, .payload = payload});
                      return absl::OkStatus();
                    })
                    .ok());
  }
  std::vector<std::string> AppliedOf(const std::string& key) {
    const std::lock_guard lock{mutex_};
    std::vector<std::string> said;
    for (const std::string& one : applied_) {
      if (one.starts_with(key + ":")) said.push_back(one.substr(key.size() + 1));
    }
    return said;
  }
  /// Who decided about a letter whose row is still there.
  std::string DecidedBy(std::int64_t id) {
    std::string who;
    EXPECT_TRUE(resources_.store
                    .Read([&](Session& session) {
                      const auto rows =
                          session.Query("SELECT state, decided_by FROM parked_events WHERE id = :1", {id});
                      who = rows.empty() ? "gone" : rows.front().Text(0) + " by " + rows.front().Text(1);
                      return absl::OkStatus();
                    })
                    .ok());
    return who;
  }

  std::atomic<bool> mended{false};

 private:
  Resources& resources_;
  std::mutex mutex_;
  std::vector<std::string> applied_;
  std::unique_ptr<Subscription> calls_;
};

/// Does nothing.
class Idle final : public Module {
 public:
  void Register(grpc::ServerBuilder&) override {}
  void Start() override {}
  void Stop() override {}
};

class DeadLettersTest : public ::testing::Test {
 protected:
  DeadLettersTest() {
    const auto config = Config::Load(
        {}, {},
        {{"data_dir", folder_ / "data"}, {"listen", "127.0.0.1:0"}, {"metrics_listen", ""}, {"log_level", "error"}});
    auto process = Process::Start(*config, {{"tasting",
                                             [this](Resources& resources) {
                                               auto made = std::make_unique<Taster>(resources);
                                               taster_ = made.get();
                                               return made;
                                             }},
                                            {"idle", [](Resources&) { return std::make_unique<Idle>(); }}});
    if (!process.ok()) throw std::runtime_error{process.status().ToString()};
    process_ = *std::move(process);
    stub_ = v1::OperationsService::NewStub(MakeChannel(process_->address()));
  }
  ~DeadLettersTest() override {
    stub_.reset();
    process_.reset();
  }

  template <typename Request, typename Response>
  absl::Status Call(grpc::Status (v1::OperationsService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                        Response*),
                    const Request& request, Response& response, Role role = Role::kSupervisor) {
    grpc::ClientContext context;
    Prepare(context, {"supervisor-1", role}, steady_clock::now() + seconds{20});
    return FromGrpcStatus((stub_.get()->*method)(&context, request, &response));
  }
  v1::ListDeadLettersResponse List(int page_size = 0, const std::string& service = "") {
    v1::ListDeadLettersRequest request;
    request.set_page_size(page_size);
    request.set_service(service);
    v1::ListDeadLettersResponse response;
    const absl::Status status = Call(&v1::OperationsService::Stub::ListDeadLetters, request, response);
    EXPECT_TRUE(status.ok()) << status;
    return response;
  }
  absl::Status Redrive(std::int64_t id, const std::string& request_id = "r", const std::string& service = "tasting") {
    v1::RedriveDeadLetterRequest request;
    request.set_request_id(request_id);
    request.set_service(service);
    request.set_id(id);
    v1::RedriveDeadLetterResponse response;
    return Call(&v1::OperationsService::Stub::RedriveDeadLetter, request, response);
  }
  absl::Status Skip(std::int64_t id, const std::string& request_id = "s", const std::string& service = "tasting") {
    v1::SkipDeadLetterRequest request;
    request.set_request_id(request_id);
    request.set_service(service);
    request.set_id(id);
    v1::SkipDeadLetterResponse response;
    return Call(&v1::OperationsService::Stub::SkipDeadLetter, request, response);
  }
  /// The letters, once there are `count` and `behind` events wait behind the first.
  std::vector<v1::DeadLetter> Letters(int count, int behind = 0) {
    v1::ListDeadLettersResponse response;
    EXPECT_TRUE(Eventually([&] {
      response = List();
      return response.dead_letters_size() == count &&
             (count == 0 || response.dead_letters(0).queued_behind() == behind);
    })) << response.ShortDebugString();
    return {response.dead_letters().begin(), response.dead_letters().end()};
  }

  testing::TemporaryFolder folder_;
  Taster* taster_ = nullptr;
  std::unique_ptr<Process> process_;
  std::unique_ptr<v1::OperationsService::Stub> stub_;
};

TEST_F(DeadLettersTest, APoisonEventIsListedWithWhyAndWithoutWhatItSays) {
  taster_->Say("bj/1", "poison");
  taster_->Say("bj/1", "next");
  taster_->Say("bj/2", "other");
  const v1::DeadLetter letter = Letters(1, /*behind=*/1).front();
  EXPECT_EQ(letter.service(), "tasting");
  EXPECT_EQ(letter.consumer_group(), "tasters");
  EXPECT_EQ(letter.topic(), kCallsTopic);
  EXPECT_EQ(letter.source(), "hotline/tasting");
  EXPECT_EQ(letter.key(), "bj/1");
  EXPECT_EQ(letter.sequence(), 1);
  EXPECT_EQ(letter.event_type(), "hotline.test.v1.Said");
  EXPECT_EQ(letter.reason(), "INVALID_ARGUMENT: bitter");
  EXPECT_GT(letter.parked_at().seconds(), 0);
  EXPECT_THAT(letter.ShortDebugString(), Not(HasSubstr("poison")));
  // Others were not held.
  EXPECT_TRUE(Eventually([&] { return taster_->AppliedOf("bj/2").size() == 1; }));
  EXPECT_THAT(taster_->AppliedOf("bj/1"), IsEmpty());
}

TEST_F(DeadLettersTest, RedrivenAfterTheMendItIsAppliedOnceAndThenThoseBehindIt) {
  taster_->Say("bj/1", "poison");
  taster_->Say("bj/1", "next");
  const std::int64_t id = Letters(1, /*behind=*/1).front().id();
  taster_->mended = true;
  ASSERT_TRUE(Redrive(id).ok());
  ASSERT_TRUE(Eventually([&] { return taster_->AppliedOf("bj/1").size() == 2; }));
  EXPECT_THAT(taster_->AppliedOf("bj/1"), ElementsAre("poison", "next"));
  EXPECT_THAT(Letters(0), IsEmpty());
  // The same request again is the same answer; another finds nothing.
  EXPECT_TRUE(Redrive(id).ok());
  EXPECT_TRUE(absl::IsNotFound(Redrive(id, "another")));
}

TEST_F(DeadLettersTest, RedrivenTooEarlyItIsDeadAgain) {
  taster_->Say("bj/1", "poison");
  const v1::DeadLetter before = Letters(1).front();
  ASSERT_TRUE(Redrive(before.id()).ok());
  const v1::DeadLetter after = Letters(1).front();
  EXPECT_EQ(after.event_id(), before.event_id());
  EXPECT_THAT(taster_->AppliedOf("bj/1"), IsEmpty());
}

TEST_F(DeadLettersTest, SkippedItIsLeftWithWhoDecidedAndThoseBehindItGoOn) {
  taster_->Say("bj/1", "poison");
  taster_->Say("bj/1", "next");
  const std::int64_t id = Letters(1, /*behind=*/1).front().id();
  ASSERT_TRUE(Skip(id).ok());
  ASSERT_TRUE(Eventually([&] { return taster_->AppliedOf("bj/1").size() == 1; }));
  EXPECT_THAT(taster_->AppliedOf("bj/1"), ElementsAre("next"));
  EXPECT_EQ(taster_->DecidedBy(id), "skipped by supervisor-1");
  EXPECT_THAT(Letters(0), IsEmpty());
  EXPECT_TRUE(absl::IsNotFound(Skip(id, "another")));
}

TEST_F(DeadLettersTest, ListsByServiceAndByPage) {
  for (int i = 0; i < 3; ++i) taster_->Say("bj/" + std::to_string(i), "poison");
  Letters(3);
  const v1::ListDeadLettersResponse page = List(2);
  EXPECT_EQ(page.dead_letters_size(), 2);
  EXPECT_TRUE(page.more());
  EXPECT_THAT(page.services(), ElementsAre("tasting", "idle"));
  EXPECT_EQ(List(3).more(), false);
  EXPECT_EQ(List(0, "tasting").dead_letters_size(), 3);
  EXPECT_EQ(List(0, "idle").dead_letters_size(), 0);
}

TEST_F(DeadLettersTest, NamesWhatIsWrongWithARequest) {
  EXPECT_THAT(Explain(Redrive(0)), HasSubstr("id"));
  EXPECT_TRUE(absl::IsInvalidArgument(Redrive(0)));
  EXPECT_THAT(Explain(Skip(1, "s", "")), HasSubstr("service"));
  EXPECT_THAT(Explain(Skip(1, "")), HasSubstr("request_id"));
  EXPECT_TRUE(absl::IsNotFound(Skip(7)));
  const absl::Status elsewhere = Redrive(1, "r2", "knowledge");
  EXPECT_TRUE(absl::IsNotFound(elsewhere));
  EXPECT_EQ(ReasonOf(elsewhere), "NOT_HERE");
  EXPECT_THAT(Explain(elsewhere), HasSubstr("tasting, idle"));
  v1::ListDeadLettersRequest request;
  request.set_page_size(1'001);
  v1::ListDeadLettersResponse response;
  EXPECT_THAT(Explain(Call(&v1::OperationsService::Stub::ListDeadLetters, request, response)), HasSubstr("page_size"));
}

TEST_F(DeadLettersTest, IsForSupervisorsAndTheSystem) {
  for (const Role role : {Role::kAgent, Role::kKnowledge, Role::kFollowUp, Role::kDirector}) {
    v1::ListDeadLettersResponse listed;
    EXPECT_TRUE(absl::IsPermissionDenied(
        Call(&v1::OperationsService::Stub::ListDeadLetters, v1::ListDeadLettersRequest{}, listed, role)));
    v1::SkipDeadLetterRequest skip;
    skip.set_request_id("s");
    skip.set_service("tasting");
    skip.set_id(1);
    v1::SkipDeadLetterResponse skipped;
    EXPECT_TRUE(absl::IsPermissionDenied(Call(&v1::OperationsService::Stub::SkipDeadLetter, skip, skipped, role)));
  }
}

}  // namespace
}  // namespace hotline::platform
