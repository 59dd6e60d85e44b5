#include "platform/store/statement_watch.h"

#include <sys/socket.h>

namespace hotline::platform {

StatementWatch::~StatementWatch() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

StatementWatch::Guard::Guard(StatementWatch& watch, int socket, TimePoint deadline)
    : watch_{watch}, entry_{deadline, socket} {
  const std::lock_guard lock{watch_.mutex_};
  const bool first = watch_.entries_.insert(entry_).first == watch_.entries_.begin();
  if (first) watch_.changed_.notify_one();
}

StatementWatch::Guard::~Guard() {
  const std::lock_guard lock{watch_.mutex_};
  watch_.entries_.erase(entry_);
}

void StatementWatch::Run() {
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    if (entries_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto [deadline, socket] = *entries_.begin();
    if (std::chrono::steady_clock::now() < deadline) {
      changed_.wait_until(lock, deadline);
      continue;
    }
    // Under the lock: the guard's owner has not closed it, so it is no other's by now.
    shutdown(socket, SHUT_RDWR);
    entries_.erase(entries_.begin());
  }
}

}  // namespace hotline::platform
