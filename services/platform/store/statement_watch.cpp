#include "platform/store/statement_watch.h"

#include <sys/socket.h>

namespace hotline::platform {
namespace {

constexpr std::chrono::milliseconds kLook{100};

}  // namespace

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
  watch_.entries_.insert(entry_);
}

StatementWatch::Guard::~Guard() {
  const std::lock_guard lock{watch_.mutex_};
  watch_.entries_.erase(entry_);
}

void StatementWatch::Run() {
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    if (entries_.empty() || std::chrono::steady_clock::now() < entries_.begin()->first) {
      changed_.wait_for(
          lock, kLook);  // Not until the deadline: a wait for it was seen to sleep through it, and why is not known.
      continue;
    }
    const int socket = entries_.begin()->second;
    // Under the lock: the guard's owner has not closed it, so it is no other's by now.
    shutdown(socket, SHUT_RDWR);
    entries_.erase(entries_.begin());
  }
}

}  // namespace hotline::platform
