// A small service with one command, one query and one feed, run by a real process: what the tests of calls talk to.
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include <grpcpp/create_channel.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>
#include <hotline/followup/v1/followup_service.grpc.pb.h>
#include <hotline/intake/v1/intake_service.grpc.pb.h>

#include "platform/concurrency/notifier.h"
#include "platform/rpc/client.h"
#include "platform/rpc/feed_stream.h"
#include "platform/rpc/rpc.h"
#include "platform/rpc/status.h"
#include "platform/runtime/process.h"

namespace hotline::platform {

namespace followup = hotline::followup::v1;
namespace intake = hotline::intake::v1;

/// A door that threads wait at until it is opened.
class Gate {
 public:
  void Open() {
    const std::lock_guard lock{mutex_};
    open_ = true;
    changed_.notify_all();
  }
  /// Waits for the door, and counts who came.
  void Pass() {
    std::unique_lock lock{mutex_};
    ++arrived_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  }
  void AwaitArrivals(int count) {
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return arrived_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int arrived_ = 0;
};

/// What a test sees and steers of the module inside the process.
struct Desk {
  Gate query_gate;            ///< GetFollowUp("wait") waits here.
  std::atomic<int> works{0};  ///< How often the command's work ran.
  std::atomic<int> rows{0};   ///< What WatchCases streams: cursors 1 to rows.
  std::atomic<int> fetches{0};
  std::atomic<Notifier*> notifier{nullptr};
  std::atomic<grpc::CallbackServerContext*> last_command{nullptr};
};

class DeskModule final : public Module,
                         private followup::FollowUpService::CallbackService,
                         private intake::IntakeService::CallbackService {
 public:
  DeskModule(Desk& desk, const Resources& resources) : desk_{desk}, rpc_{RpcResourcesOf(resources)} {
    desk_.notifier = &resources.notifier;
    static constexpr Migration kMigrations[] = {
        {1, "outcomes", "CREATE TABLE outcomes (id TEXT PRIMARY KEY, version BIGINT NOT NULL)", "DROP TABLE outcomes"}};
    if (const absl::Status status = resources.store.Migrate(kMigrations); !status.ok()) {
      throw std::runtime_error(std::string{status.message()});
    }
  }
  void Register(grpc::ServerBuilder& builder) override {
    builder.RegisterService(static_cast<followup::FollowUpService::CallbackService*>(this));
    builder.RegisterService(static_cast<intake::IntakeService::CallbackService*>(this));
  }
  void Start() override {}
  void Stop() override {}

 private:
  grpc::ServerUnaryReactor* RecordOutcome(grpc::CallbackServerContext* context,
                                          const followup::RecordOutcomeRequest* request,
                                          followup::RecordOutcomeResponse* response) override {
    desk_.last_command = context;
    const auto validate = [request] {
      FieldErrors errors;
      errors.Require(!request->follow_up_id().empty(), "follow_up_id", "is required");
      errors.Require(request->expected_version() >= 0, "expected_version", "must not be negative");
      return errors.status();
    };
    return RunCommand(context, rpc_, request, response, {Role::kFollowUp}, validate,
                      [this, request, response](Transaction& transaction, const Actor&) -> absl::Status {
                        ++desk_.works;
                        if (request->follow_up_id() == "broken") throw std::runtime_error("secret of the house");
                        const auto rows = transaction.Query(
                            "INSERT INTO outcomes (id, version) VALUES (:1, 1) "
                            "ON CONFLICT (id) DO UPDATE SET version = outcomes.version + 1 RETURNING version",
                            {request->follow_up_id()});
                        response->mutable_follow_up()->set_version(rows.at(0).Int(0));
                        return absl::OkStatus();
                      });
  }

  grpc::ServerUnaryReactor* GetFollowUp(grpc::CallbackServerContext* context,
                                        const followup::GetFollowUpRequest* request,
                                        followup::GetFollowUpResponse* response) override {
    return RunQuery(context, rpc_, kEveryone, [this, request, response](const Actor& actor) -> absl::Status {
      if (request->follow_up_id() == "wait") desk_.query_gate.Pass();
      if (request->follow_up_id() == "throw") throw std::runtime_error("secret of the house");
      response->mutable_follow_up()->set_follow_up_id(actor.id);
      return absl::OkStatus();
    });
  }

  grpc::ServerWriteReactor<intake::WatchCasesResponse>* WatchCases(grpc::CallbackServerContext* context,
                                                                   const intake::WatchCasesRequest* request) override {
    return RunFeed<intake::WatchCasesResponse>(
        context, rpc_, kEveryone, "cases", request->cursor(),
        [this](std::int64_t cursor) -> absl::StatusOr<FeedPage<intake::WatchCasesResponse>> {
          ++desk_.fetches;
          FeedPage<intake::WatchCasesResponse> page{.messages = {}, .cursor = cursor, .end = false};
          for (; page.cursor < desk_.rows && page.messages.size() < 3; ++page.cursor) {
            page.messages.emplace_back().set_cursor(page.cursor + 1);
          }
          return page;
        });
  }

  Desk& desk_;
  const RpcResources rpc_;
};

/// A process with the desk in it, on a free port, in a directory of its own.
class DeskTest : public testing::Test {
 protected:
  using Settings = std::map<std::string, std::string>;

  ~DeskTest() override {
    desk_.query_gate.Open();  // A failed test must not hang.
    process_.reset();
    std::filesystem::remove_all(directory_);
  }

  Config MakeConfig(Settings settings = {}) const {
    settings.emplace("data_dir", directory_.string());
    settings.emplace("listen", "127.0.0.1:0");
    settings.emplace("metrics_listen", "");
    return Config::Load({}, {}, settings).value();
  }
  std::vector<ModuleFactory> Factories() {
    return {{"desk", [this](Resources& resources) { return std::make_unique<DeskModule>(desk_, resources); }}};
  }
  void Start(Settings settings = {}) {
    auto started = Process::Start(MakeConfig(std::move(settings)), Factories());
    ASSERT_TRUE(started.ok()) << started.status();
    process_ = *std::move(started);
    channel_ = PlainChannel();
    follow_ups_ = followup::FollowUpService::NewStub(channel_);
    cases_ = intake::IntakeService::NewStub(channel_);
  }
  /// Without the retries that would hide a refusal, on a connection of its own.
  std::shared_ptr<grpc::Channel> PlainChannel() const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(process_->address(), grpc::InsecureChannelCredentials(), arguments);
  }

  static followup::RecordOutcomeRequest Outcome(std::string request_id, std::string follow_up_id) {
    followup::RecordOutcomeRequest request;
    request.set_request_id(std::move(request_id));
    request.set_follow_up_id(std::move(follow_up_id));
    return request;
  }
  /// The version after the command, or why there is none.
  absl::StatusOr<std::int64_t> Record(const followup::RecordOutcomeRequest& request,
                                      const Actor& actor = {.id = "wang", .role = Role::kFollowUp}) {
    grpc::ClientContext context;
    Prepare(context, actor, std::chrono::steady_clock::now() + std::chrono::seconds{20});
    followup::RecordOutcomeResponse response;
    const grpc::Status status = follow_ups_->RecordOutcome(&context, request, &response);
    if (!status.ok()) return FromGrpcStatus(status);
    return response.follow_up().version();
  }
  /// The version after a command that must succeed.
  std::int64_t Recorded(const followup::RecordOutcomeRequest& request,
                        const Actor& actor = {.id = "wang", .role = Role::kFollowUp}) {
    const auto version = Record(request, actor);
    if (!version.ok()) ADD_FAILURE() << Explain(version.status());
    return version.value_or(-1);
  }
  /// The actor as the server saw it.
  absl::StatusOr<std::string> Get(const std::string& id, const Actor& actor = {.id = "li", .role = Role::kAgent}) {
    grpc::ClientContext context;
    Prepare(context, actor, std::chrono::steady_clock::now() + std::chrono::seconds{20});
    followup::GetFollowUpRequest request;
    request.set_follow_up_id(id);
    followup::GetFollowUpResponse response;
    const grpc::Status status = follow_ups_->GetFollowUp(&context, request, &response);
    if (!status.ok()) return FromGrpcStatus(status);
    return response.follow_up().follow_up_id();
  }

  const std::filesystem::path directory_ =
      std::filesystem::path{testing::TempDir()} / ("desk_" + std::to_string(std::random_device{}()));
  Desk desk_;
  std::unique_ptr<Process> process_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<followup::FollowUpService::Stub> follow_ups_;
  std::unique_ptr<intake::IntakeService::Stub> cases_;
};

}  // namespace hotline::platform
