#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <absl/status/status.h>

#include "platform/store/store.h"

namespace hotline::platform {

class Clock;

/// The shards of a shared outbox that one of several relays sends (tables outbox_relays, outbox_leases): each about as
/// many as the others. Of the relay's thread. Blocks.
///
/// A lease saves double work; order does not hang on it. A relay that sends on after its lease ran out sends rows again
/// that another has sent, and every consumer knows those; what it has not sent is still in the table, before all that
/// came later.
class OutboxLeases final {
 public:
  /// Store and clock must outlive this.
  OutboxLeases(Store& store, const Clock& clock, std::string relay, std::chrono::milliseconds lasting = kLasting);

  /// Keeps what is held, takes what is free and gives back what is more than a fair share.
  absl::Status Renew();
  /// For the others to take at once. When it fails they wait for the leases to run out.
  void GiveBack();

  [[nodiscard]] const std::vector<std::int64_t>& held() const { return held_; }
  /// Nobody else relayed this outbox when it was last renewed.
  [[nodiscard]] bool alone() const { return alone_; }

  static constexpr std::chrono::milliseconds kLasting{5'000};

 private:
  absl::Status Renew(Transaction& transaction);

  Store& store_;
  const Clock& clock_;
  const std::string relay_;
  const std::chrono::milliseconds lasting_;
  std::vector<std::int64_t> held_;
  bool alone_ = true;
};

}  // namespace hotline::platform
