// How many messages and turns intake takes in a second, durably, beside a gRPC server that only answers, and beside
// pgbench. See tests/bench/README.md.
#include <hotline/intake/v1/intake_service.grpc.pb.h>

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <grpcpp/create_channel.h>
#include <grpcpp/server_builder.h>

#include "bench/support/child.h"
#include "bench/support/measure.h"
#include "bench/support/pgbench.h"
#include "contract/platform_testing.h"
#include "support/postgres_server.h"

namespace hotline::bench {
namespace {

namespace v1 = intake::v1;

constexpr int kRounds = 5;
constexpr std::chrono::seconds kTime{3};
constexpr int kFew = 64;
constexpr int kMany = 512;
constexpr std::size_t kCharacters = 200;

std::string Text() {
  std::string text;
  for (std::size_t i = 0; i < kCharacters; ++i) text += "路";
  return text;
}

/// The bare server: the same calls, answered at once.
class Echo final : public v1::IntakeService::CallbackService {
 public:
  grpc::ServerUnaryReactor* FileMessage(grpc::CallbackServerContext* context, const v1::FileMessageRequest*,
                                        v1::FileMessageResponse* response) override {
    response->set_case_no("YZ20260303000001");
    response->set_call_id("01JMZ0000000000000000000000");
    auto* const reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

/// Serves until it is killed; the address goes where a data directory would have it.
int ServeEcho(const std::string& folder) {
  Echo echo;
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&echo);
  const auto server = builder.BuildAndStart();
  std::ofstream{folder + "/LOCK"} << "127.0.0.1:" << port << std::endl;
  server->Wait();
  return 0;
}

/// Calls to one server, always so many of them under way.
class Load {
 public:
  explicit Load(const std::string& address)
      : stub_{v1::IntakeService::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()))} {}

  /// Answers of OK a second.
  double Messages(int in_flight) {
    return Run(in_flight, [this](int, const Done& done) {
      struct Call {
        grpc::ClientContext context;
        v1::FileMessageRequest request;
        v1::FileMessageResponse response;
      };
      const auto call = std::make_shared<Call>();
      call->request.set_request_id(NewId());
      call->request.set_site("yunzhou");
      call->request.set_channel(common::v1::CHANNEL_WEB);
      call->request.set_title("路灯不亮");
      call->request.set_text(text_);
      stub_->async()->FileMessage(&call->context, &call->request, &call->response,
                                  [call, done](const grpc::Status& status) { done(status.ok()); });
    });
  }

  double Turns(int in_flight) {
    std::vector<std::string> calls;
    calls.reserve(static_cast<std::size_t>(in_flight));
    for (int i = 0; i < in_flight; ++i) calls.push_back(OpenCall());
    return Run(in_flight, [this, &calls](int slot, const Done& done) {
      struct Call {
        grpc::ClientContext context;
        v1::AppendTurnRequest request;
        v1::AppendTurnResponse response;
      };
      const auto call = std::make_shared<Call>();
      call->request.set_request_id(NewId());
      call->request.set_call_id(calls[static_cast<std::size_t>(slot)]);
      call->request.mutable_turn()->set_speaker(common::v1::SPEAKER_CALLER);
      call->request.mutable_turn()->set_text(text_);
      stub_->async()->AppendTurn(&call->context, &call->request, &call->response,
                                 [call, done](const grpc::Status& status) { done(status.ok()); });
    });
  }

  [[nodiscard]] int failures() const { return failures_; }

 private:
  using Done = std::function<void(bool ok)>;
  using Start = std::function<void(int slot, const Done& done)>;

  std::string NewId() { return "bench-" + std::to_string(getpid()) + "-" + std::to_string(++last_id_); }

  std::string OpenCall() {
    grpc::ClientContext context;
    v1::OpenCallRequest request;
    v1::OpenCallResponse response;
    request.set_request_id(NewId());
    request.set_site("yunzhou");
    request.set_channel(common::v1::CHANNEL_PHONE);
    request.mutable_contact()->set_phone("13800000000");
    const grpc::Status status = stub_->OpenCall(&context, request, &response);
    if (!status.ok()) throw std::runtime_error{"OpenCall: " + status.error_message()};
    return response.call_id();
  }

  /// Each slot starts its next call when the last was answered.
  double Run(int in_flight, const Start& start) {
    const auto began = steady_clock::now();
    const auto end = began + kTime;
    std::atomic<int> answered = 0;
    std::mutex mutex;
    std::condition_variable finished;
    int open = in_flight;
    std::function<void(int)> next = [&](int slot) {
      start(slot, [&, slot](bool ok) {
        ++(ok ? answered : failures_);
        if (steady_clock::now() < end) return next(slot);
        const std::lock_guard lock{mutex};
        if (--open == 0) finished.notify_one();
      });
    };
    for (int slot = 0; slot < in_flight; ++slot) next(slot);
    std::unique_lock lock{mutex};
    finished.wait(lock, [&] { return open == 0; });
    return answered / Seconds(began);
  }

  const std::string text_ = Text();
  const std::unique_ptr<v1::IntakeService::Stub> stub_;
  std::atomic<std::uint64_t> last_id_ = 0;
  std::atomic<int> failures_ = 0;
};

void PrintGoal(const char* what, double is, double of, double goal) {
  std::printf("%-64s %6.2f  (goal %.2f)\n", what, is / of, goal);
}

/// ROUNDS= says another number.
int RoundsWanted() {
  const char* const wanted = std::getenv("ROUNDS");
  return wanted == nullptr ? kRounds : std::atoi(wanted);
}

/// Nothing named: everything is measured.
bool Wanted(std::string_view subject, const std::vector<std::string>& only) {
  return only.empty() || std::find(only.begin(), only.end(), subject) != only.end();
}

int Main(const char* self, const std::vector<std::string>& only) {
  const platform::testing::TemporaryFolder folder;
  const std::string intake = std::string{HOTLINE_BINARY_DIR} + "/hotline-intake";
  const auto settings = [&](const char* name, const std::string& store) {
    return Child::Settings{{"DATA_DIR", folder / name},
                           {"LISTEN", "127.0.0.1:0"},
                           {"METRICS_LISTEN", ""},
                           {"LOG_LEVEL", "error"},
                           {"STORE", store},
                           {"STORE_QUEUE", "4096"},
                           {"WORKER_QUEUE", "4096"},
                           {"POSTGRES", tests::SharedPostgres().where()},
                           // Nobody else is there to understand: what is not waited for costs nothing.
                           {"INTAKE_PATIENCE", "24h"}};
  };
  const Child echo{self, {"--echo", folder / "echo"}, folder / "echo", {}};
  const Child embedded{intake, {}, folder / "sqlite", settings("sqlite", "sqlite")};
  const Child postgres{intake, {}, folder / "postgres", settings("postgres", "postgresql")};
  const Pgbench pgbench{tests::SharedPostgres(), folder.path()};
  Load bare{echo.address()};
  Load light{embedded.address()};
  Load heavy{postgres.address()};

  struct Subject {
    const char* name;
    std::function<double()> measure;
  };
  const std::vector<Subject> subjects{
      {"echo", [&] { return bare.Messages(kFew); }},
      {"file", [&] { return light.Messages(kFew); }},
      {"turn", [&] { return light.Turns(kFew); }},
      {"pg file", [&] { return heavy.Messages(kFew); }},
      {"pg turn", [&] { return heavy.Turns(kFew); }},
      {"pgbench", [&] { return pgbench.Run(kFew, kTime); }},
      {"echo 512", [&] { return bare.Messages(kMany); }},
      {"file 512", [&] { return light.Messages(kMany); }},
      {"pg file 512", [&] { return heavy.Messages(kMany); }},
      {"fdatasync ms", [&] { return MedianSyncMs(folder.path()); }},
  };
  std::vector<std::string> names;
  names.reserve(subjects.size());
  for (const Subject& subject : subjects) names.emplace_back(subject.name);
  for (const std::string& name : only) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    std::fprintf(stderr, "there is no subject \"%s\"; there are:", name.c_str());
    for (const std::string& known : names) std::fprintf(stderr, " \"%s\"", known.c_str());
    std::fprintf(stderr, "\n");
    return 2;
  }
  Rounds rounds{names};
  for (int i = 0; i < RoundsWanted(); ++i) {
    std::vector<double> round;
    for (const Subject& subject : subjects) {
      round.push_back(Wanted(subject.name, only) ? subject.measure() : 0);
      embedded.AwaitQuiet();
      postgres.AwaitQuiet();
    }
    rounds.Add(round);
  }
  rounds.PrintMedians();
  const auto median = [&](std::string_view name) {
    return rounds.MedianOf(static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin()));
  };
  const double limit = std::min(median("echo"), kFew * 1e3 / median("fdatasync ms"));
  std::printf("limit: min(echo, 64 / fdatasync) = %.0f/s; calls that failed: %d\n", limit,
              bare.failures() + light.failures() + heavy.failures());
  const auto compare = [&](const char* what, const char* is, double of, double goal) {
    if (median(is) > 0 && of > 0) PrintGoal(what, median(is), of, goal);
  };
  compare("FileMessage, embedded, of the limit", "file", limit, .8);
  compare("AppendTurn, embedded, of the limit", "turn", limit, .8);
  compare("FileMessage, PostgreSQL, of the limit", "pg file", limit, .6);
  compare("AppendTurn, PostgreSQL, of the limit", "pg turn", limit, .6);
  compare("FileMessage, PostgreSQL, of pgbench", "pg file", median("pgbench"), 1.5);
  compare("AppendTurn, PostgreSQL, of pgbench", "pg turn", median("pgbench"), 1.5);
  compare("FileMessage, embedded, 512 in flight, of the echo", "file 512", median("echo 512"), .4);
  compare("FileMessage, PostgreSQL, 512 in flight, of the echo", "pg file 512", median("echo 512"), .4);
  return 0;
}

}  // namespace
}  // namespace hotline::bench

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view{argv[1]} == "--echo") return hotline::bench::ServeEcho(argv[2]);
  return hotline::bench::Main("/proc/self/exe", {argv + 1, argv + argc});
}
