#include "platform/cache/redis/connection.h"

#include <event2/event.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace hotline::platform::redis {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kMostForgotten = 256;

timeval ToTimeval(steady_clock::duration duration) {
  const auto left = std::max(std::chrono::ceil<std::chrono::microseconds>(duration), std::chrono::microseconds{0});
  timeval value{};
  value.tv_sec = left.count() / 1'000'000;
  value.tv_usec = left.count() % 1'000'000;
  return value;
}

std::size_t SizeOf(const Command& command) {
  std::size_t bytes = 0;
  for (const std::string& word : command.words) bytes += word.size();
  return bytes;
}

/// hiredis writes with write(): a server that is gone must not end the process.
void BlockSigpipe() {
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
}

int NewEventFile() {
  const int file = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (file < 0) throw std::system_error{errno, std::generic_category(), "eventfd"};
  return file;
}

struct ReplyDeleter {
  void operator()(Reply* reply) const { DeleteReply(reply); }
};

}  // namespace

void Connection::ContextDeleter::operator()(redisContext* context) const { redisFree(context); }
void Connection::EventDeleter::operator()(event* one) const { event_free(one); }
void Connection::BaseDeleter::operator()(event_base* base) const { event_base_free(base); }

Connection::Connection(ConnectionOptions options, ConnectionListener& listener)
    : options_{std::move(options)},
      listener_{listener},
      wake_{NewEventFile()},
      breaker_{options_.first_pause, options_.longest_pause, options_.seed},
      base_{event_base_new()},
      thread_{[this] { Run(); }} {}

Connection::~Connection() {
  stopping_ = true;
  eventfd_write(wake_, 1);
  thread_.join();
  close(wake_);
}

bool Connection::Send(std::vector<Command> commands) {
  if (!up_) return false;
  std::size_t bytes = 0;
  for (const Command& command : commands) bytes += SizeOf(command);
  const Time deadline = steady_clock::now() + options_.command_timeout;
  {
    const std::lock_guard lock{mutex_};
    if (!up_ || in_flight_ + commands.size() > options_.max_in_flight ||
        in_flight_bytes_ + bytes > options_.max_in_flight_bytes) {
      return false;
    }
    in_flight_ += commands.size();
    in_flight_bytes_ += bytes;
    for (Command& command : commands) {
      const std::size_t size = SizeOf(command);
      inbox_.push_back({std::move(command), size, deadline});
    }
  }
  eventfd_write(wake_, 1);
  return true;
}

void Connection::Forget(std::string key) {
  if (to_forget_.size() < kMostForgotten) to_forget_.push_back(std::move(key));
}

Connection::EventPtr Connection::NewEvent(int file, short what, void (*call)(int, short, void*)) {
  EventPtr made{event_new(base_.get(), file, what, call, this)};
  if (made == nullptr) throw std::bad_alloc{};
  return made;
}

void Connection::Guarded(void (Connection::*step)()) {
  try {
    (this->*step)();
  } catch (const std::exception& e) {
    Drop("answer", e.what());
  }
}

void Connection::Run() {
  BlockSigpipe();
  wake_event_ = NewEvent(wake_, EV_READ | EV_PERSIST, &Call<&Connection::TakeInbox>);
  event_add(wake_event_.get(), nullptr);
  timer_ = NewEvent(-1, EV_TIMEOUT, &Call<&Connection::Tick>);
  listener_.Changed(Breaker::State::kHalfOpen, Breaker::State::kHalfOpen);
  Guarded(&Connection::Connect);
  while (!stopping_) event_base_loop(base_.get(), EVLOOP_ONCE);
  up_ = false;
  Release(std::exchange(pending_, {}));
  TakeInbox();
  read_event_.reset();
  write_event_.reset();
  context_.reset();
  timer_.reset();
  wake_event_.reset();
}

void Connection::Connect() {
  const auto before = breaker_.state();
  breaker_.Try();
  try_until_ = steady_clock::now() + options_.connect_timeout;
  Tell(before);
  context_.reset(redisConnectNonBlock(options_.host.c_str(), options_.port));
  if (context_ == nullptr || context_->err != 0) {
    return Drop("connect", context_ == nullptr ? "out of memory" : context_->errstr);
  }
  fcntl(context_->fd, F_SETFD, FD_CLOEXEC);
  context_->reader->fn = &ReplyFunctions();
  read_event_ = NewEvent(context_->fd, EV_READ | EV_PERSIST, &Call<&Connection::Read>);
  write_event_ = NewEvent(context_->fd, EV_WRITE | EV_PERSIST, &Call<&Connection::Write>);
  event_add(read_event_.get(), nullptr);
  Greet();
  SetTimer();
}

void Connection::Greet() {
  const auto add = [this](std::vector<std::string> words, std::string_view expected, bool last) {
    const auto check = [this, expected, last](const Reply* reply) {
      if (reply == nullptr) return Verdict::kDrop;
      if (reply->kind != Reply::Kind::kStatus || reply->text != expected) return Verdict::kDrop;
      if (last) Trust();
      return Verdict::kKeep;
    };
    Append({.command = {std::move(words), check}, .deadline = try_until_});
  };
  if (!options_.password.empty()) add({"AUTH", options_.password}, "OK", false);
  add({"PING"}, "PONG", true);
}

void Connection::Trust() {
  const auto before = breaker_.state();
  breaker_.Close();
  {
    const std::lock_guard lock{mutex_};
    up_ = true;
  }
  Tell(before);
  for (std::string& key : std::exchange(to_forget_, {})) {
    Append({.command = {{"UNLINK", std::move(key)},
                        [](const Reply* reply) {
                          return reply == nullptr || reply->kind == Reply::Kind::kNumber ? Verdict::kKeep
                                                                                         : Verdict::kDrop;
                        }},
            .deadline = steady_clock::now() + options_.command_timeout});
  }
}

void Connection::TakeInbox() {
  eventfd_t ignored = 0;
  eventfd_read(wake_, &ignored);
  std::vector<Pending> taken;
  {
    const std::lock_guard lock{mutex_};
    taken = std::exchange(inbox_, {});
  }
  if (stopping_ || breaker_.state() != Breaker::State::kClosed) {  // Sent in the moment of a drop, or of the end.
    return Release({std::make_move_iterator(taken.begin()), std::make_move_iterator(taken.end())});
  }
  for (Pending& pending : taken) Append(std::move(pending));
  SetTimer();
  Write();  // At once: most of the time the socket has room.
}

void Connection::Append(Pending pending) {
  std::vector<const char*> words;
  std::vector<std::size_t> sizes;
  for (const std::string& word : pending.command.words) {
    words.push_back(word.data());
    sizes.push_back(word.size());
  }
  const int appended =
      redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), words.data(), sizes.data());
  pending_.push_back(std::move(pending));
  if (appended != REDIS_OK) throw std::bad_alloc{};
  event_add(write_event_.get(), nullptr);
}

void Connection::Write() {
  if (context_ == nullptr) return;
  int all_written = 0;
  if (redisBufferWrite(context_.get(), &all_written) != REDIS_OK) {
    return Drop(breaker_.state() == Breaker::State::kHalfOpen ? "connect" : "lost", context_->errstr);
  }
  if (all_written != 0) event_del(write_event_.get());
}

void Connection::Read() {
  if (redisBufferRead(context_.get()) != REDIS_OK) {
    return Drop(breaker_.state() == Breaker::State::kHalfOpen ? "connect" : "lost", context_->errstr);
  }
  TakeReplies();
  if (context_ == nullptr) return;
  if (context_->reader->len > options_.max_reply_bytes) return Drop("protocol", "an answer without end");
  SetTimer();
}

void Connection::TakeReplies() {
  while (context_ != nullptr) {
    void* made = nullptr;
    if (redisGetReplyFromReader(context_.get(), &made) != REDIS_OK) return Drop("protocol", context_->errstr);
    if (made == nullptr) return;
    const std::unique_ptr<Reply, ReplyDeleter> reply{static_cast<Reply*>(made)};
    if (pending_.empty()) return Drop("protocol", "an answer that nobody asked for");
    std::deque<Pending> answered;
    answered.push_back(std::move(pending_.front()));
    pending_.pop_front();
    const bool greeting = breaker_.state() == Breaker::State::kHalfOpen;
    const Verdict verdict = answered.front().command.done(reply.get());
    answered.front().command.done = nullptr;
    Release(std::move(answered));
    if (verdict == Verdict::kDrop) {
      const bool words = reply->kind == Reply::Kind::kError;
      return Drop("answer", words ? reply->text : "an answer that makes no sense");
    }
    if (!greeting) breaker_.Succeed();
  }
}

void Connection::Tick() {
  const Time now = steady_clock::now();
  switch (breaker_.state()) {
    case Breaker::State::kOpen:
      if (now >= try_again_) return Connect();
      break;
    case Breaker::State::kHalfOpen:
      if (now >= try_until_) return Drop("connect", "no answer in time");
      break;
    case Breaker::State::kClosed:
      if (!pending_.empty() && now >= pending_.front().deadline) return Drop("timeout", "no answer in time");
      break;
  }
  SetTimer();
}

void Connection::SetTimer() {
  Time due;
  switch (breaker_.state()) {
    case Breaker::State::kOpen: due = try_again_; break;
    case Breaker::State::kHalfOpen: due = try_until_; break;
    case Breaker::State::kClosed:
      if (pending_.empty()) {
        event_del(timer_.get());
        return;
      }
      due = pending_.front().deadline;
      break;
  }
  const timeval wait = ToTimeval(due - steady_clock::now());
  event_add(timer_.get(), &wait);
}

void Connection::Drop(std::string_view kind, const std::string& why) {
  const auto before = breaker_.state();
  {
    const std::lock_guard lock{mutex_};
    up_ = false;
  }
  try_again_ = steady_clock::now() + breaker_.Fail();
  read_event_.reset();
  write_event_.reset();
  context_.reset();
  listener_.Dropped(kind, why);  // Before those who wait are woken: they may look.
  Tell(before);
  Release(std::exchange(pending_, {}));
  SetTimer();
}

void Connection::Release(std::deque<Pending> pending) {
  std::size_t commands = 0;
  std::size_t bytes = 0;
  for (Pending& one : pending) {
    if (one.command.done) static_cast<void>(one.command.done(nullptr));
    if (one.bytes == 0) continue;  // The connection's own words were never counted.
    ++commands;
    bytes += one.bytes;
  }
  const std::lock_guard lock{mutex_};
  in_flight_ -= commands;
  in_flight_bytes_ -= bytes;
}

void Connection::Tell(Breaker::State before) {
  if (before != breaker_.state()) listener_.Changed(before, breaker_.state());
}

}  // namespace hotline::platform::redis
