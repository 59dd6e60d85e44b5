#pragma once

namespace hotline::platform {

/// SIGINT and SIGTERM as an event that the main thread waits for. Made before any other thread is, so that all of them
/// leave the signals to this one; nothing runs inside a signal handler. Also ignores SIGPIPE.
class StopSignals final {
 public:
  StopSignals();

  /// Blocks until the first signal. From then on a second one ends the process at once.
  void Wait();
};

}  // namespace hotline::platform
