#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include <absl/status/statusor.h>

#include "platform/bus/bus.h"
#include "platform/bus/sent_rows.h"
#include "platform/store/store.h"

namespace hotline::platform {

class Clock;
class Metrics;
class OutboxLeases;

struct RelayOptions {
  std::string store;                                ///< Names the store in metrics and logs: "intake".
  std::int64_t batch = 500;                         ///< Events of one topic appended at once.
  std::chrono::milliseconds tick{1000};             ///< How long a missed wake-up can last.
  std::chrono::milliseconds longest_backoff{5000};  ///< Between tries while the bus is away.
  std::chrono::milliseconds append_timeout{10'000};
  const Clock* clock = nullptr;  ///< The machine's when null; else it must outlive the relay.
};

/// Moves what a store published onto the bus: in order per key, at least once, woken by the commits themselves.
///
/// A row leaves the outbox after the bus has it for good, soon and with others (sent_rows.h); until the bus has it,
/// nothing of its topic is sent past it. What a crash left behind goes first. One relay a store and process; where
/// other processes use the same database, the relays share the keys among them (outbox_leases.h) and wake each other. A
/// thread of its own. Store and bus must outlive it.
class OutboxRelay final {
 public:
  OutboxRelay(Store& store, Bus& bus, Metrics& metrics, RelayOptions options = {});
  ~OutboxRelay();
  OutboxRelay(const OutboxRelay&) = delete;
  OutboxRelay& operator=(const OutboxRelay&) = delete;

  /// Sends what is there, for as long as it works and `deadline` allows; the rest stays for the next start. Idempotent.
  void Stop(std::chrono::steady_clock::time_point deadline);

 private:
  void Run();
  void Wake();
  /// What others may send is for them to know.
  void WakeSiblings();
  /// Renews the leases when it is time. False when nothing is held.
  absl::StatusOr<bool> MaySend();
  /// Waits for a commit or a tick, and lets go of what was sent meanwhile; after a failure, for a pause that doubles.
  /// False when it is time to end.
  bool Pause();
  bool OutOfTime();
  void ReportBacklog();
  /// True when there may be more.
  absl::StatusOr<bool> SendSome();

  Store& store_;
  Bus& bus_;
  Metrics& metrics_;
  const RelayOptions options_;

  std::mutex mutex_;
  std::condition_variable woken_;
  bool wake_ = true;  // What a crash left behind.
  bool stopping_ = false;
  std::chrono::steady_clock::time_point stop_deadline_{};
  int failures_ = 0;  // In a row; of the thread alone, as is the next field.
  std::chrono::steady_clock::time_point report_at_{};
  std::chrono::steady_clock::time_point renew_at_{};
  StoreSiblings* const siblings_;               // Null: the outbox is this process's alone.
  const std::unique_ptr<OutboxLeases> leases_;  // Null likewise.
  SentRows sent_;
  std::atomic<bool> shared_{false};  // Others relay this outbox too.
  std::thread thread_;
};

}  // namespace hotline::platform
