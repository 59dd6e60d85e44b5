#include "support/event_log.h"

#include <hotline/escalation/v1/escalation_events.pb.h>
#include <hotline/operations/v1/operations_service.grpc.pb.h>

#include <condition_variable>
#include <mutex>
#include <span>
#include <stdexcept>
#include <thread>
#include <tuple>

#include <absl/status/statusor.h>
#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "hotline/cli/call.h"
#include "platform/bus/kafka_bus.h"
#include "platform/security/sealer.h"
#include "platform/store/outbox.h"
#include "support/server.h"

namespace hotline::tests {
namespace {

using platform::Event;
using std::chrono::seconds;
using std::chrono::steady_clock;

/// The log of a site, read once.
class Log {
 public:
  Log(const Cluster& cluster, const std::string& site) : sealer_{platform::Sealer::Open(cluster.keyring())} {
    if (!sealer_.ok()) throw std::runtime_error{sealer_.status().ToString()};
    const auto bus = platform::OpenKafkaBus({.servers = cluster.kafka()});
    for (const platform::Topic& topic : platform::AllTopics()) {
      for (const Event& event : ReadTopic(*bus, topic)) {
        if (site.empty() || absl::StartsWith(event.key, site + "/")) Take(std::string{topic.name}, event);
      }
    }
  }

  std::vector<std::string> Differences() {
    for (const auto& [key, appended] : types_["hotline.intake.v1.TurnAppended"]) {
      Expect(key, "hotline.classification.v1.TurnUnderstood", appended, "turns appended");
      if (finals_[key].size() != static_cast<std::size_t>(appended)) {
        Differs(absl::StrCat(key, ": ", finals_[key].size(), " turns assessed for ", appended, " appended"));
      }
    }
    for (const auto& [key, closed] : types_["hotline.intake.v1.CallClosed"]) {
      Expect(key, "hotline.classification.v1.CallUnderstood", closed, "calls closed");
      Expect(key, "hotline.escalation.v1.CallReviewed", closed, "calls closed");
    }
    for (const auto& [key, turns] : finals_) {
      for (const auto& [turn, times] : turns) {
        if (times != 1) Differs(absl::StrCat(key, " turn ", turn, " is finally assessed ", times, " times"));
      }
    }
    return std::move(differences_);
  }

 private:
  void Differs(std::string what) { differences_.push_back(std::move(what)); }

  void Expect(const std::string& key, const std::string& type, int times, const char* of) {
    const int found = types_[type][key];
    if (found != times) Differs(absl::StrCat(key, ": ", found, " ", type, " for ", times, " ", of));
  }

  void Take(const std::string& topic, const Event& event) {
    std::vector<std::string>& ids = ids_[{topic, event.source, event.key}];
    const std::size_t number = event.sequence;
    if (number >= 1 && number <= ids.size()) {  // Sent again.
      if (ids[number - 1] != event.id) Differs(absl::StrCat(topic, " ", event.key, ": two events are number ", number));
      return;
    }
    if (number != ids.size() + 1) {
      Differs(absl::StrCat(topic, " ", event.key, ": number ", number, " comes after ", ids.size()));
    }
    if (number == 0) return;
    ids.resize(number - 1);
    ids.push_back(event.id);
    ++types_[event.type][event.key];
    if (event.type != escalation::v1::TurnRiskAssessed::descriptor()->full_name()) return;
    const auto payload = (*sealer_)->Unseal(event.payload, platform::SealContext(event));
    escalation::v1::TurnRiskAssessed risk;
    if (!payload.ok() || !risk.ParseFromString(*payload)) return Differs(event.key + ": an unreadable assessment");
    if (!risk.preliminary()) ++finals_[event.key][risk.turn()];
  }

  const absl::StatusOr<std::unique_ptr<platform::Sealer>> sealer_;
  std::map<std::tuple<std::string, std::string, std::string>, std::vector<std::string>> ids_;  // By topic, source, key.
  std::map<std::string, std::map<std::string, int>> types_;                                    // Type -> key -> events.
  std::map<std::string, std::map<int, int>> finals_;                                           // Key -> turn -> times.
  std::vector<std::string> differences_;
};

}  // namespace

std::vector<Event> ReadTopic(platform::Bus& bus, const platform::Topic& topic) {
  const absl::StatusOr<std::int64_t> total = bus.Lag(topic.name, "event-log-of-a-test");
  if (!total.ok()) throw std::runtime_error{total.status().ToString()};
  std::mutex mutex;
  std::condition_variable grown;
  std::vector<Event> events;
  const auto reader = bus.Follow(topic.name, std::vector<std::int64_t>(static_cast<std::size_t>(topic.partitions), 0),
                                 [&](std::span<const platform::Delivery> deliveries) {
                                   const std::lock_guard lock{mutex};
                                   for (const auto& delivery : deliveries) events.push_back(delivery.event);
                                   grown.notify_one();
                                   return absl::OkStatus();
                                 });
  {
    std::unique_lock lock{mutex};
    const auto all = [&] { return static_cast<std::int64_t>(events.size()) >= *total; };
    if (!grown.wait_for(lock, seconds{60}, all)) {
      throw std::runtime_error{
          absl::StrCat(std::string{topic.name}, " has ", *total, " events and gives ", events.size())};
    }
  }
  reader->Stop();
  return events;
}

std::vector<std::string> LogDifferences(const Cluster& cluster, const std::string& site, seconds patience) {
  const auto deadline = steady_clock::now() + patience;
  for (;;) {
    std::vector<std::string> differences = Log{cluster, site}.Differences();
    if (differences.empty() || steady_clock::now() >= deadline) return differences;
    std::this_thread::sleep_for(std::chrono::milliseconds{500});
  }
}

std::vector<std::string> DeadLetters(const Cluster& cluster, const std::string& site) {
  std::vector<std::string> letters;
  for (const std::string& name : cluster.Copies()) {
    if (!absl::EndsWith(name, "-1")) continue;  // The copies of a service share its database.
    const auto stub = operations::v1::OperationsService::NewStub(PatientChannel(cluster.AddressOf(name)));
    operations::v1::ListDeadLettersRequest request;
    request.set_page_size(1'000);
    operations::v1::ListDeadLettersResponse response;
    const absl::Status listed =
        cli::Call([&](auto* context) { return stub->ListDeadLetters(context, request, &response); });
    if (!listed.ok()) letters.push_back(absl::StrCat(name, " does not tell its dead letters: ", listed.ToString()));
    for (const auto& letter : response.dead_letters()) {
      if (!site.empty() && !absl::StartsWith(letter.key(), site + "/")) continue;
      letters.push_back(absl::StrCat("dead letter of ", letter.consumer_group(), ": ", letter.key(), " ",
                                     letter.event_type(), ", ", letter.reason()));
    }
  }
  return letters;
}

}  // namespace hotline::tests
