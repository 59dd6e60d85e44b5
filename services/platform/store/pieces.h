#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include <absl/status/status.h>

#include "platform/store/store.h"

namespace hotline::platform {

/// Work that waits for a writer, or runs again.
struct WorkPiece {
  Store::Work work;
  std::chrono::steady_clock::time_point deadline;
  Store::Done done;
  std::chrono::steady_clock::time_point queued;
  int tries = 0;
};

/// A piece that ran: its result, and what waits for the commit.
struct WorkOutcome {
  WorkPiece piece;
  absl::Status result;
  bool published = false;
  std::vector<std::function<void()>> actions;
};

}  // namespace hotline::platform
