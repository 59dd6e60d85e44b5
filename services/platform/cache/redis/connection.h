#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "platform/cache/redis/breaker.h"
#include "platform/cache/redis/reply.h"

struct event;
struct event_base;
struct redisContext;

namespace hotline::platform::redis {

/// What becomes of a connection after an answer.
enum class Verdict { kKeep, kDrop };

/// `done` runs once, on the connection's thread: with the answer, or with nullptr when there will be none. It must not
/// block.
struct Command {
  std::vector<std::string> words;
  std::function<Verdict(const Reply*)> done;
};

struct ConnectionOptions {
  std::string host;
  int port = 0;
  std::string password;
  std::chrono::milliseconds connect_timeout{500};
  std::chrono::milliseconds command_timeout{50};
  std::chrono::milliseconds first_pause{50};
  std::chrono::milliseconds longest_pause{5'000};
  std::size_t max_in_flight = 1'024;
  std::size_t max_in_flight_bytes = std::size_t{16} * 1024 * 1024;
  std::size_t max_reply_bytes = std::size_t{1024} * 1024;
  std::uint64_t seed = 1;
};

/// Hears of a connection on its thread; must not block.
class ConnectionListener {
 public:
  virtual ~ConnectionListener() = default;
  virtual void Changed(Breaker::State from, Breaker::State to) = 0;
  /// `kind`: "connect", "timeout", "lost", "protocol" or "answer"; `why` is for a person.
  virtual void Dropped(std::string_view kind, std::string_view why) = 0;
};

/// One multiplexed connection to a Redis server with an event loop and a thread of its own. It connects by itself and
/// comes back by itself. Thread-safe; nothing here blocks a caller.
///
/// It is hiredis's non-blocking context on libevent. hiredis's own asynchronous layer (0.14) is not used: it has no
/// timeouts, and ends the process by assert() when a server says something that nobody asked for.
///
/// Any failure, a late answer or one that makes no sense drops the connection, and with it everything in flight: what
/// comes afterwards could belong to another question.
class Connection {
 public:
  /// `listener` must outlive this. Returns at once.
  Connection(ConnectionOptions options, ConnectionListener& listener);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Sends commands together, in order. False, and nothing is sent or called: there is no connection now, or too much
  /// is in flight.
  [[nodiscard]] bool Send(std::vector<Command> commands);

  /// Deletes a key whose value made no sense, as soon as there is a connection. For `done` of a command: call it on the
  /// connection's thread only.
  void Forget(std::string key);

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct ContextDeleter {
    void operator()(redisContext* context) const;
  };
  struct EventDeleter {
    void operator()(event* one) const;
  };
  struct BaseDeleter {
    void operator()(event_base* base) const;
  };
  using EventPtr = std::unique_ptr<event, EventDeleter>;
  struct Pending {
    Command command;
    std::size_t bytes = 0;
    Time deadline;
  };

  void Run();
  void Connect();
  void Greet();
  void Trust();
  void TakeInbox();
  void Append(Pending pending);
  void Read();
  void Write();
  void TakeReplies();
  /// What a timer was set for is due.
  void Tick();
  void SetTimer();
  void Drop(std::string_view kind, const std::string& why);
  void Release(std::deque<Pending> pending);
  /// Tells the listener when the breaker is no longer as it was.
  void Tell(Breaker::State before);
  /// An exception must not pass through libevent.
  void Guarded(void (Connection::*step)());
  EventPtr NewEvent(int file, short what, void (*call)(int, short, void*));

  template <void (Connection::*Step)()>
  static void Call(int /*file*/, short /*what*/, void* self) {
    static_cast<Connection*>(self)->Guarded(Step);
  }

  const ConnectionOptions options_;
  ConnectionListener& listener_;
  const int wake_;  // An eventfd: there is something in inbox_, or the end has come.

  std::atomic<bool> up_{false};
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::vector<Pending> inbox_;
  std::size_t in_flight_ = 0;  // With those in inbox_; like their bytes under mutex_.
  std::size_t in_flight_bytes_ = 0;

  // Of the connection's thread.
  Breaker breaker_;
  std::unique_ptr<event_base, BaseDeleter> base_;
  EventPtr wake_event_;
  EventPtr timer_;
  std::unique_ptr<redisContext, ContextDeleter> context_;
  EventPtr read_event_;
  EventPtr write_event_;
  Time try_until_;  // While it is half open.
  Time try_again_;  // While it is open.
  std::deque<Pending> pending_;
  std::vector<std::string> to_forget_;

  std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace hotline::platform::redis
