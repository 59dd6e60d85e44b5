#pragma once

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "platform/bus/apply.h"
#include "platform/bus/bus.h"

namespace hotline::platform {

/// What a consumer does beside its events, on a thread of its own: applies parked events whose time has come, ends
/// waits for missing ones, sweeps the inbox, reports the lag. Everything it is given must outlive it.
class ConsumerUpkeep final {
 public:
  ConsumerUpkeep(Store& store, Bus& bus, const Applier& applier, const ConsumerOptions& options);
  ~ConsumerUpkeep() { Stop(); }
  ConsumerUpkeep(const ConsumerUpkeep&) = delete;
  ConsumerUpkeep& operator=(const ConsumerUpkeep&) = delete;

  /// An event of this key was applied: it may have been the one that parked ones wait for. Does not block.
  void LookBehind(const KeyOfSource& key);

  /// Finishes the event in hand. Idempotent.
  void Stop();

 private:
  void Run();
  bool Stopping();
  /// Waits for a tick or a look; false when it is time to end.
  bool Pause();

  void DrainParked();
  /// The keys whose first parked event can move; remembers all that have any.
  std::vector<KeyOfSource> FindDueKeys();
  /// Applies the first parked event of a key, when its time has come. True when the next one may follow.
  bool DrainOne(const KeyOfSource& key);
  void EndWaiting();
  void ReportLag();
  void Sweep();

  Store& store_;
  Bus& bus_;
  const Applier& applier_;
  const ConsumerOptions options_;

  std::mutex mutex_;
  std::condition_variable woken_;
  std::set<KeyOfSource> parked_keys_;  // Written by the thread alone.
  bool look_ = false;
  bool stopping_ = false;
  std::thread thread_;  // Last: it uses every field above.
};

}  // namespace hotline::platform
