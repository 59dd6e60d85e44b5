#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <absl/status/status.h>
#include <grpcpp/channel.h>

namespace hotline::tests {

/// What clients were promised about the messages of one site, kept outside of the system: message number -> case
/// number; and what they were told instead. Others may file at other sites meanwhile. Thread-safe.
class Ledger {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit Ledger(std::string site = "yunzhou") : site_{std::move(site)} {}

  /// An OK to what was asked at `asked`.
  void Acknowledged(int number, const std::string& case_no, TimePoint asked);
  void Refused(const absl::Status& status, TimePoint asked);

  [[nodiscard]] const std::string& site() const { return site_; }
  [[nodiscard]] std::map<int, std::string> cases() const;
  /// Messages that were promised two cases.
  [[nodiscard]] std::vector<std::string> contradictions() const;
  /// How often OK was the answer to what was asked from then on.
  [[nodiscard]] int AcknowledgedSince(TimePoint since) const;
  [[nodiscard]] std::map<absl::StatusCode, int> RefusedSince(TimePoint since) const;

 private:
  const std::string site_;
  mutable std::mutex mutex_;
  std::map<int, std::string> cases_;
  std::vector<std::string> contradictions_;
  std::vector<TimePoint> acknowledged_;
  std::vector<std::pair<TimePoint, absl::StatusCode>> refused_;
};

/// How clients file.
struct Filing {
  std::chrono::milliseconds patience{60'000};  ///< For one answer; who runs out of it asks again.
  std::chrono::milliseconds pause{0};          ///< Between two messages.
  bool broken = false;  ///< A service that breaks a promise on purpose may fail in any way: then it is asked again.
};

/// Files messages until told to stop, repeating each under its request_id until it is acknowledged. Several threads may
/// share `next`.
void FileUntil(const std::shared_ptr<grpc::Channel>& channel, const std::atomic<bool>& stop, std::atomic<int>& next,
               Ledger& ledger, Filing filing = {});

/// Holds the record against the ledger: every acknowledged message is one case, at rest, with no more effects than one
/// (cases, assessments, follow-ups, changes of a case), and there is no case that nobody was promised. Waits up to
/// `patience` for what is still under way. Returns what differs: nothing, where every promise was kept. Messages before
/// number `from` have been held so before: of them only the number of cases is.
[[nodiscard]] std::vector<std::string> RecordDifferences(const std::shared_ptr<grpc::Channel>& channel,
                                                         const Ledger& ledger,
                                                         std::chrono::seconds patience = std::chrono::seconds{90},
                                                         int from = 0);

}  // namespace hotline::tests
