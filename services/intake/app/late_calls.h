#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "intake/app/drafting.h"
#include "intake/app/intake.h"

namespace hotline::platform {
class Clock;
class Store;
}  // namespace hotline::platform

namespace hotline::intake {

/// Looks once a second for closed calls whose siblings are late, and files and settles them with what there is. Owns
/// one thread, from its making to its end. Any number of processes may do this at once: each call is settled once.
class LateCalls final {
 public:
  /// Everything must outlive this.
  LateCalls(const Intake& intake, const Drafting& drafting, platform::Store& store, const platform::Clock& clock);
  ~LateCalls();
  LateCalls(const LateCalls&) = delete;
  LateCalls& operator=(const LateCalls&) = delete;

 private:
  void Run();
  void SettleLateOnes();

  const Intake& intake_;
  const Drafting& drafting_;
  platform::Store& store_;
  const platform::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;  // Last: it uses every field above.
};

}  // namespace hotline::intake
