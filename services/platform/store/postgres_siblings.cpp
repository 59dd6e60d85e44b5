#include "platform/store/postgres_siblings.h"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <system_error>
#include <utility>

#include "platform/telemetry/log.h"

namespace hotline::platform {
namespace {

constexpr std::chrono::milliseconds kBetweenConnects{500};
/// A burst of commits is one word to the others.
constexpr std::chrono::milliseconds kBetweenWords{2};

/// One channel a schema; letters, digits and underscores survive without quotes.
std::string Channel(const std::string& schema) { return "\"hotline_outbox_" + schema + "\""; }

}  // namespace

class PostgresSiblings::Line {
 public:
  Line(const std::string& where, const std::string& schema)
      : connection_{PQconnectdb(where.c_str())}, notify_{"NOTIFY " + Channel(schema)} {
    PQsetNoticeProcessor(connection_, [](void*, const char*) {}, nullptr);
    // A word that a crash loses is no loss: it must not wait for the disk.
    broken_ = !Exec("SET synchronous_commit = off; SET statement_timeout = '5s'; LISTEN " + Channel(schema));
  }
  ~Line() { PQfinish(connection_); }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  [[nodiscard]] bool broken() const { return broken_; }
  [[nodiscard]] int socket() const { return PQsocket(connection_); }

  void Tell() { broken_ = !Exec(notify_) || broken_; }

  /// Whether another process said something since the last time.
  bool Hear() {
    if (PQconsumeInput(connection_) == 0) broken_ = true;
    bool heard = false;
    while (PGnotify* const word = PQnotifies(connection_)) {
      heard = heard || word->be_pid != PQbackendPID(connection_);
      PQfreemem(word);
    }
    return heard;
  }

 private:
  bool Exec(const std::string& sql) {
    PGresult* const result = PQexec(connection_, sql.c_str());
    const bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return done;
  }

  PGconn* const connection_;
  const std::string notify_;
  bool broken_ = true;
};

PostgresSiblings::PostgresSiblings(std::string connection, std::string schema)
    : connection_{std::move(connection)}, schema_{std::move(schema)}, waker_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
  if (waker_ < 0) throw std::system_error{errno, std::generic_category(), "eventfd"};
  thread_ = std::thread{[this] { Run(); }};
}

PostgresSiblings::~PostgresSiblings() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  ended_.notify_all();
  eventfd_write(waker_, 1);
  thread_.join();
  close(waker_);
}

void PostgresSiblings::Wake() {
  {
    const std::lock_guard lock{mutex_};
    if (std::exchange(wake_, true)) return;
  }
  eventfd_write(waker_, 1);
}

void PostgresSiblings::OnWoken(std::function<void()> listener) {
  const std::lock_guard lock{listener_mutex_};
  listener_ = std::move(listener);
}

void PostgresSiblings::Heard() {
  const std::lock_guard lock{listener_mutex_};
  if (listener_) listener_();
}

void PostgresSiblings::Run() {
  do {
    Line line{connection_, schema_};
    if (line.broken()) continue;
    Heard();  // What was said while nobody listened.
    Talk(line);
  } while (PauseBeforeConnect());
}

bool PostgresSiblings::PauseBeforeConnect() {
  std::unique_lock lock{mutex_};
  return !ended_.wait_for(lock, kBetweenConnects, [this] { return stopping_; });
}

void PostgresSiblings::Talk(Line& line) {
  while (!line.broken()) {
    bool wake = false;
    {
      const std::lock_guard lock{mutex_};
      if (stopping_) return;
      wake = std::exchange(wake_, false);
    }
    if (wake) line.Tell();
    if (line.Hear()) Heard();
    if (wake) std::this_thread::sleep_for(kBetweenWords);
    std::array<pollfd, 2> sources{pollfd{line.socket(), POLLIN, 0}, pollfd{waker_, POLLIN, 0}};
    poll(sources.data(), sources.size(), -1);
    eventfd_t count = 0;
    eventfd_read(waker_, &count);
  }
  Log(LogLevel::kWarning, "store.siblings_unheard", {{"schema", schema_}});
}

}  // namespace hotline::platform
