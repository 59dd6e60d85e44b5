// A process as its operators and clients see it: one to a directory, health, reflection, and a stop that hurts nobody.
#include <csignal>
#include <fstream>
#include <future>
#include <thread>

#include <unistd.h>

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>

#include "platform/runtime/service_main.h"
#include "rpc_desk.h"

namespace hotline::platform {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::AllOf;
using testing::HasSubstr;

/// Calls as a client that has no generated code: bytes in, bytes out.
class GenericClient {
 public:
  explicit GenericClient(std::shared_ptr<grpc::Channel> channel) : stub_{std::move(channel)} {}

  grpc::Status Call(const std::string& method, const std::string& request, std::string* response) {
    grpc::ClientContext context;
    const grpc::Slice slice{request};
    const grpc::ByteBuffer in{&slice, 1};
    grpc::ByteBuffer out;
    std::promise<grpc::Status> done;
    stub_.UnaryCall(&context, method, {}, &in, &out, [&](grpc::Status status) { done.set_value(std::move(status)); });
    const grpc::Status status = done.get_future().get();
    grpc::Slice bytes;
    if (status.ok() && out.DumpToSingleSlice(&bytes).ok())
      response->assign(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
    return status;
  }

  /// grpc.health.v1: "SERVING", "NOT_SERVING", or the error's code.
  std::string Health(const std::string& service) {
    std::string response;
    const std::string request =
        service.empty() ? "" : "\x0a" + std::string(1, static_cast<char>(service.size())) + service;
    const grpc::Status status = Call("/grpc.health.v1.Health/Check", request, &response);
    if (!status.ok()) return "code " + std::to_string(status.error_code());
    return response == "\x08\x01" ? "SERVING" : "NOT_SERVING";
  }

 private:
  grpc::GenericStub stub_;
};

TEST_F(DeskTest, TellsASecondProcessTheAddressOfTheFirst) {
  Start();
  const auto second = Process::Start(MakeConfig(), Factories());
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(second.status().message(), HasSubstr("serving at " + process_->address()));
  process_.reset();
  EXPECT_TRUE(Process::Start(MakeConfig(), Factories()).ok()) << "the lock goes with its holder";
}

TEST_F(DeskTest, ServesOnePortAlone) {
  Start();
  const auto other = directory_.string() + "_other";
  const auto second = Process::Start(MakeConfig({{"data_dir", other}, {"listen", process_->address()}}), Factories());
  EXPECT_THAT(second.status().message(), AllOf(HasSubstr("cannot listen"), HasSubstr(process_->address())));
  std::filesystem::remove_all(other);
}

TEST_F(DeskTest, SaysWhichServiceCannotStart) {
  const auto started = Process::Start(
      MakeConfig(),
      {{"broken", [](Resources&) -> std::unique_ptr<Module> { throw std::runtime_error("no model in model_dir"); }}});
  EXPECT_EQ(started.status().message(), "broken: no model in model_dir");
  Start();  // The failure gave everything back.
}

TEST_F(DeskTest, KeepsItsDirectoryToItself) {
  Start();
  EXPECT_EQ(std::filesystem::status(directory_).permissions(), std::filesystem::perms::owner_all);
}

TEST_F(DeskTest, AnswersHealthChecksForEachServiceAndForAll) {
  Start();
  GenericClient client{channel_};
  EXPECT_EQ(client.Health(""), "SERVING");
  EXPECT_EQ(client.Health("hotline.followup.v1.FollowUpService"), "SERVING");
  EXPECT_EQ(client.Health("hotline.intake.v1.IntakeService"), "SERVING");
  EXPECT_EQ(client.Health("no.such.Service"), "code 5");
}

TEST_F(DeskTest, ListsItsServicesByReflection) {
  Start();
  grpc::GenericStub stub{channel_};
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  const auto await = [&] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  auto call = stub.PrepareCall(&context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
  call->StartCall(&call);
  ASSERT_TRUE(await());
  const grpc::Slice list_services{std::string{"\x3a\x01*"}};  // ServerReflectionRequest{list_services: "*"}
  call->Write(grpc::ByteBuffer{&list_services, 1}, &call);
  ASSERT_TRUE(await());
  grpc::ByteBuffer response;
  call->Read(&response, &call);
  ASSERT_TRUE(await()) << "is the reflection library linked?";
  grpc::Slice bytes;
  ASSERT_TRUE(response.DumpToSingleSlice(&bytes).ok());
  const std::string names{reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
  EXPECT_THAT(names, AllOf(HasSubstr("hotline.followup.v1.FollowUpService"),
                           HasSubstr("hotline.intake.v1.IntakeService"), HasSubstr("grpc.health.v1.Health")));
  context.TryCancel();
}

TEST_F(DeskTest, StopsInOrder) {
  Start({{"drain", "300ms"}});
  auto in_hand = std::async(std::launch::async, [&] { return Get("wait"); });
  desk_.query_gate.AwaitArrivals(1);
  GenericClient health{PlainChannel()};
  ASSERT_EQ(health.Health(""), "SERVING");

  const auto asked = steady_clock::now();
  auto stop = std::async(std::launch::async, [&] { process_->Stop(); });
  while (health.Health("") == "SERVING") std::this_thread::yield();
  EXPECT_LT(steady_clock::now() - asked, milliseconds{100});
  EXPECT_TRUE(Get("f").ok()) << "while it drains, every call is served";
  EXPECT_TRUE(Record(Outcome("r1", "f")).ok());

  while (health.Health("") == "NOT_SERVING") std::this_thread::yield();  // Until the server takes no more.
  desk_.query_gate.Open();
  EXPECT_TRUE(in_hand.get().ok()) << "a call in hand is finished";
  stop.wait();
  EXPECT_EQ(Get("f").status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(DeskTest, BoundsTheStopByItsGrace) {
  Start({{"stop_grace", "200ms"}});
  auto stuck = std::async(std::launch::async, [&] { return Get("wait"); });
  desk_.query_gate.AwaitArrivals(1);
  auto stop = std::async(std::launch::async, [&] { process_->Stop(); });
  EXPECT_FALSE(stuck.get().ok()) << "cancelled after the grace, for its client must not wait for ever";
  desk_.query_gate.Open();
  stop.wait();
}

TEST_F(DeskTest, AnswersEveryCallItTookBeforeItStops) {
  Start();
  std::atomic<int> answered{0};
  std::vector<std::thread> clients;
  for (int client = 0; client < 4; ++client) {
    clients.emplace_back([&, client] {
      for (int call = 0;; ++call) {
        const auto id = std::to_string(client) + "-" + std::to_string(call);
        const absl::Status status = Record(Outcome(id, id)).status();
        if (status.ok()) {
          ++answered;
          continue;
        }
        // What comes too late is turned away untouched; gRPC 1.51 calls it CANCELLED when it was already in its queue.
        EXPECT_TRUE(absl::IsUnavailable(status) || absl::IsCancelled(status)) << Explain(status);
        return;
      }
    });
  }
  while (answered < 100) std::this_thread::yield();
  process_->Stop();
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(desk_.works, answered) << "done and not answered, or answered and not done";
}

/// A program of one desk, as its operator runs it. Each runs in a child process of its own.
class ServiceMainTest : public DeskTest {
 protected:
  void SetUp() override { testing::FLAGS_gtest_death_test_style = "threadsafe"; }

  int Main(std::vector<std::string> arguments, const std::function<void(Process&)>& on_serving = nullptr) {
    arguments.insert(arguments.begin(),
                     {"desk", "--listen", "127.0.0.1:0", "--metrics-listen", "", "--data", directory_.string()});
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    return ServiceMain("desk", static_cast<int>(argv.size()), argv.data(), Factories(), on_serving);
  }
  static void Terminate(Process&) { kill(getpid(), SIGTERM); }
};

TEST_F(ServiceMainTest, ServesUntilItIsAskedToStop) {
  EXPECT_EXIT(std::_Exit(Main({"--log-format", "json"}, Terminate)), testing::ExitedWithCode(0), "process.serving.*");
}

TEST_F(ServiceMainTest, ASecondSignalEndsItAtOnce) {
  class Endless final : public Module {
    void Register(grpc::ServerBuilder&) override {}
    void Start() override {}
    void Stop() override {
      kill(getpid(), SIGINT);
      for (;;) pause();
    }
  };
  const auto run = [&] {
    SettingOptions options;
    options.overrides = {{"data_dir", directory_.string()}, {"listen", "127.0.0.1:0"}, {"metrics_listen", ""}};
    std::_Exit(
        Serve("desk", options, {{"endless", [](Resources&) { return std::make_unique<Endless>(); }}}, Terminate));
  };
  EXPECT_EXIT(run(), testing::KilledBySignal(SIGINT), "");
}

TEST_F(ServiceMainTest, NamesABadSettingAndStartsNothing) {
  EXPECT_EXIT(std::_Exit(Main({"--worker-threads", "many"})), testing::ExitedWithCode(2),
              "--worker-threads: worker_threads: \"many\" is not a whole number");
  EXPECT_EXIT(std::_Exit(Main({"--no-such-flag"})), testing::ExitedWithCode(2), "no-such-flag");
  EXPECT_FALSE(std::filesystem::exists(directory_));
}

TEST_F(ServiceMainTest, ChecksTheSettingsWithoutStarting) {
  EXPECT_EXIT(std::_Exit((dup2(STDERR_FILENO, STDOUT_FILENO), Main({"--check-config"}))), testing::ExitedWithCode(0),
              "# from --listen.*listen = 127.0.0.1:0");
  EXPECT_FALSE(std::filesystem::exists(directory_));
}

TEST_F(ServiceMainTest, SaysWhoHoldsTheData) {
  Start();
  EXPECT_EXIT(std::_Exit(Main({})), testing::ExitedWithCode(1), "is in use by a process serving at");
}

}  // namespace
}  // namespace hotline::platform
