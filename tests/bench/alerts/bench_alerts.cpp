// From a caller's turn to what a supervisor and the agent see of it, on a real cluster, beside bare programs with the
// same hops and commits. See tests/bench/README.md.
#include <hotline/escalation/v1/escalation_service.grpc.pb.h>
#include <hotline/intake/v1/intake_service.grpc.pb.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "bench/alerts/bare_chain.h"
#include "bench/support/measure.h"
#include "support/cluster.h"

namespace hotline::bench {
namespace {

constexpr int kRounds = 5;
constexpr int kSamples = 100;  // A round, of each.
constexpr std::chrono::seconds kPatience{60};
// Red by a hard rule, at once: so plain that it does not wait for the encoder.
constexpr const char* kThreat = "我们二百多户明天一早都去市政府门口，把路堵了！";

/// When each thing that was begun arrived. Thread-safe.
class Arrivals {
 public:
  void Arrived(const std::string& id) {
    const std::lock_guard lock{mutex_};
    at_.try_emplace(id, steady_clock::now());
    arrived_.notify_all();
  }
  steady_clock::time_point Await(const std::string& id) {
    std::unique_lock lock{mutex_};
    if (!arrived_.wait_for(lock, kPatience, [&] { return at_.contains(id); })) {
      throw std::runtime_error{id + " did not arrive"};
    }
    return at_.at(id);
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::map<std::string, steady_clock::time_point> at_;
};

/// How many desks call at once: DESKS=, or as many as the bare chain has writers.
int Desks() {
  const char* const desks = std::getenv("DESKS");
  return desks == nullptr ? BareChain::kWriters : std::clamp(std::atoi(desks), 1, BareChain::kWriters);
}

double Milliseconds(steady_clock::time_point from, steady_clock::time_point to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

/// kSamples times, by Desks() at once: `sample(number, desk)` gives milliseconds.
std::vector<double> Sample(const std::function<double(int number, int desk)>& sample) {
  std::vector<double> all(kSamples);
  std::atomic<int> next = 0;
  std::vector<std::thread> desks;
  desks.reserve(static_cast<std::size_t>(Desks()));
  for (int desk = 0; desk < Desks(); ++desk) {
    desks.emplace_back([&, desk] {
      for (int number = next++; number < kSamples; number = next++) {
        all[static_cast<std::size_t>(number)] = sample(number, desk);
      }
    });
  }
  for (auto& desk : desks) desk.join();
  return all;
}

std::string FirstLine(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::string line;
  if (!std::getline(in, line)) throw std::runtime_error{"there is no " + file.string()};
  return line;
}

/// Calls of the cluster, and a supervisor who watches its alerts.
class Hotline {
 public:
  explicit Hotline(const tests::Cluster& cluster)
      : intake_{intake::v1::IntakeService::NewStub(cluster.NewChannel())},
        escalation_{escalation::v1::EscalationService::NewStub(cluster.NewChannel())},
        supervisor_{[this] { WatchAlerts(); }} {}
  ~Hotline() {
    watching_.TryCancel();
    supervisor_.join();
  }
  Hotline(const Hotline&) = delete;
  Hotline& operator=(const Hotline&) = delete;

  struct Times {
    double alert = 0;
    double assessed = 0;
  };
  /// One call of one turn.
  Times Turn() {
    const std::string call_id = Open();
    const auto began = steady_clock::now();
    Say(call_id);
    const auto assessed = AwaitAssessment(call_id);
    return {.alert = Milliseconds(began, alerts_.Await(call_id)), .assessed = Milliseconds(began, assessed)};
  }

 private:
  template <typename Call>
  static void Check(const Call& call, const char* what) {
    if (!call.ok()) throw std::runtime_error{std::string{what} + ": " + call.error_message()};
  }

  std::string Open() {
    grpc::ClientContext context;
    intake::v1::OpenCallRequest request;
    intake::v1::OpenCallResponse response;
    request.set_request_id("bench-" + std::to_string(++last_id_));
    request.set_site("yunzhou");
    request.set_channel(common::v1::CHANNEL_PHONE);
    Check(intake_->OpenCall(&context, request, &response), "OpenCall");
    return response.call_id();
  }

  void Say(const std::string& call_id) {
    grpc::ClientContext context;
    intake::v1::AppendTurnRequest request;
    intake::v1::AppendTurnResponse response;
    request.set_request_id("bench-" + std::to_string(++last_id_));
    request.set_call_id(call_id);
    request.mutable_turn()->set_speaker(common::v1::SPEAKER_CALLER);
    request.mutable_turn()->set_text(kThreat);
    Check(intake_->AppendTurn(&context, request, &response), "AppendTurn");
  }

  /// As the agent sees it: the turn's last assessment.
  steady_clock::time_point AwaitAssessment(const std::string& call_id) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kPatience);
    intake::v1::WatchCallRequest request;
    request.set_call_id(call_id);
    intake::v1::WatchCallResponse entry;
    for (const auto stream = intake_->WatchCall(&context, request); stream->Read(&entry);) {
      if (!entry.has_risk() || entry.risk().preliminary()) continue;
      const auto now = steady_clock::now();
      context.TryCancel();
      return now;
    }
    throw std::runtime_error{"no assessment came"};
  }

  void WatchAlerts() {
    escalation::v1::WatchAlertsRequest request;
    request.set_cursor(-1);
    escalation::v1::WatchAlertsResponse response;
    for (const auto stream = escalation_->WatchAlerts(&watching_, request); stream->Read(&response);) {
      alerts_.Arrived(response.alert().call_id());
    }
  }

  std::atomic<int> last_id_ = 0;
  Arrivals alerts_;
  const std::unique_ptr<intake::v1::IntakeService::Stub> intake_;
  const std::unique_ptr<escalation::v1::EscalationService::Stub> escalation_;
  grpc::ClientContext watching_;
  std::thread supervisor_;
};

/// A bare chain of so many hops on the cluster's own servers.
class Bare {
 public:
  Bare(const tests::Cluster& cluster, const std::string& name, int hops)
      : chain_{
            "host=127.0.0.1 port=" + Port(FirstLine(cluster.directory() / "postgresql" / "address")) +
                " dbname=hotline user=hotline password=" + FirstLine(cluster.directory() / "postgresql" / "password"),
            FirstLine(cluster.directory() / "kafka-1" / "address"), name, hops,
            [this](const std::string& id) { arrivals_.Arrived(id); }} {}

  double Turn(int desk) {
    const std::string id = std::to_string(++last_id_);
    const auto began = steady_clock::now();
    chain_.Begin(id, desk);
    return Milliseconds(began, arrivals_.Await(id));
  }

 private:
  static std::string Port(const std::string& address) { return address.substr(address.find(':') + 1); }

  std::atomic<int> last_id_ = 0;
  Arrivals arrivals_;
  BareChain chain_;
};

int Main() {
  const tests::Cluster cluster{""};
  Hotline hotline{cluster};
  Bare alert{cluster, "bare_alert", 1};        // Intake's commit, the log, escalation's.
  Bare assessed{cluster, "bare_assessed", 3};  // Intake, classification, escalation, intake.
  hotline.Turn();                              // Topics, statements and models are there from here on.
  alert.Turn(0);
  assessed.Turn(0);
  Rounds rounds{{"alert p50", "alert p99", "bare p50", "bare p99", "assessed p50", "assessed p99", "bare p50",
                 "bare p99", "fdatasync ms"}};
  for (int i = 0; i < kRounds; ++i) {
    std::vector<double> alerts(kSamples);
    const std::vector<double> assessments = Sample([&](int number, int) {
      const Hotline::Times times = hotline.Turn();
      alerts[static_cast<std::size_t>(number)] = times.alert;
      return times.assessed;
    });
    const std::vector<double> bare_alerts = Sample([&](int, int desk) { return alert.Turn(desk); });
    const std::vector<double> bare_assessments = Sample([&](int, int desk) { return assessed.Turn(desk); });
    std::vector<double> round;
    for (const std::vector<double>* times : {&std::as_const(alerts), &bare_alerts, &assessments, &bare_assessments}) {
      round.push_back(Quantile(*times, .5));
      round.push_back(Quantile(*times, .99));
    }
    round.push_back(MedianSyncMs(cluster.directory()));
    rounds.Add(round);
  }
  rounds.PrintMedians();
  std::printf("alert, p99 of the bare chain's:    %.2f  (goal 1.50)\n", rounds.MedianOf(1) / rounds.MedianOf(3));
  std::printf("assessed, p99 of the bare chain's: %.2f  (goal 1.50)\n", rounds.MedianOf(5) / rounds.MedianOf(7));
  return 0;
}

}  // namespace
}  // namespace hotline::bench

int main() {
  try {
    return hotline::bench::Main();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
