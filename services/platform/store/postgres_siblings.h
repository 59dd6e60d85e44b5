#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "platform/store/store.h"

namespace hotline::platform {

/// What processes on one schema of PostgreSQL tell each other: LISTEN and NOTIFY on a connection and a thread of its
/// own, so that no commit of a service pays for it. While the database is away nothing is told; once it is back the
/// listener runs, for something may have been missed.
class PostgresSiblings final : public StoreSiblings {
 public:
  /// `connection`: as libpq takes it.
  PostgresSiblings(std::string connection, std::string schema);
  ~PostgresSiblings() override;
  PostgresSiblings(const PostgresSiblings&) = delete;
  PostgresSiblings& operator=(const PostgresSiblings&) = delete;

  void Wake() override;
  void OnWoken(std::function<void()> listener) override;

 private:
  class Line;  // A connection that listens.

  void Run();
  /// Until the line breaks or the end.
  void Talk(Line& line);
  void Heard();
  /// False when it is time to end.
  bool PauseBeforeConnect();

  const std::string connection_;
  const std::string schema_;
  const int waker_;  // An eventfd: Wake() and the end.

  std::mutex mutex_;
  std::condition_variable ended_;
  bool wake_ = false;
  bool stopping_ = false;

  std::mutex listener_mutex_;  // Held while the listener runs.
  std::function<void()> listener_;

  std::thread thread_;  // Last: it uses every field above.
};

}  // namespace hotline::platform
