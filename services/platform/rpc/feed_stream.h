#pragma once

#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <grpcpp/support/server_callback.h>

#include "platform/concurrency/notifier.h"
#include "platform/concurrency/worker_pool.h"
#include "platform/rpc/open_streams.h"
#include "platform/rpc/rpc.h"
#include "platform/rpc/status.h"

namespace hotline::platform {

/// A page of a durable feed: messages after a cursor, in order, and the cursor after the last of them.
template <typename Response>
struct FeedPage {
  std::vector<Response> messages;
  std::int64_t cursor = 0;
  bool end = false;  ///< Nothing will ever follow: the stream closes with OK.
};

/// Streams a durable feed to one client: everything after `cursor`, then what comes, until it ends or the client goes.
///
/// The rows in the store are the truth and the notifier only a hint (the process also wakes every stream once a second,
/// so a lost hint only delays): a reconnecting client loses nothing and a slow one costs one page of memory. Deletes
/// itself. `fetch` runs on the workers, never twice at a time, and may block.
template <typename Response>
class FeedStream final : public grpc::ServerWriteReactor<Response> {
 public:
  using Fetch = std::function<absl::StatusOr<FeedPage<Response>>(std::int64_t cursor)>;

  /// `streams` bounds the open streams and ends them when the process stops: RESOURCE_EXHAUSTED, UNAVAILABLE.
  static FeedStream* Start(WorkerPool& workers, Notifier& notifier, std::string key, std::int64_t cursor, Fetch fetch,
                           OpenStreams* streams = nullptr) {
    if (streams != nullptr && !streams->TryEnter()) {
      return Refuse(RetryAfter(WithReason(absl::ResourceExhaustedError("too many open streams"), "TOO_MANY_STREAMS"),
                               std::chrono::seconds{5}));
    }
    auto* stream = new FeedStream{&workers, cursor, std::move(fetch), streams};
    stream->registration_ = notifier.Listen(std::move(key), [stream] { stream->Wake(); });
    stream->Wake();
    return stream;
  }

  /// A stream that says why there is none.
  static FeedStream* Refuse(const absl::Status& status) {
    auto* stream = new FeedStream{nullptr, 0, nullptr, nullptr};
    stream->Close(status);
    return stream;
  }

  void OnWriteDone(bool ok) override {
    {
      const std::lock_guard lock{mutex_};
      pending_.pop_front();
      if (!ok) cancelled_ = true;
    }
    Advance();
  }

  void OnCancel() override {
    {
      const std::lock_guard lock{mutex_};
      cancelled_ = true;
    }
    Wake();
  }

  /// The last callback of all: every write, fetch and Finish() is over.
  void OnDone() override {
    registration_.reset();  // Waits for a listener that is running, which still uses *this.
    if (streams_ != nullptr) streams_->Leave();
    delete this;
  }

 private:
  FeedStream(WorkerPool* workers, std::int64_t cursor, Fetch fetch, OpenStreams* streams)
      : workers_{workers}, fetch_{std::move(fetch)}, streams_{streams}, cursor_{cursor} {}

  /// Somebody says there may be something to do. Whoever finds the stream idle takes it and carries it on until it is
  /// idle again or finished; everyone else only leaves a note. So there is one write or one fetch at a time, and
  /// Finish() never races with either.
  void Wake() {
    {
      const std::lock_guard lock{mutex_};
      woken_ = true;
      if (busy_) return;
      busy_ = true;
    }
    Advance();
  }

  /// The next step, by whoever holds the stream.
  void Advance() {
    const Response* next = nullptr;
    bool cancelled = false;
    bool ended = false;
    {
      const std::lock_guard lock{mutex_};
      cancelled = cancelled_;
      if (!pending_.empty()) next = &pending_.front();
      ended = ended_;
      if (next == nullptr) woken_ = false;  // What was hinted at until now, the fetch below will see.
    }
    if (cancelled) return Close(absl::CancelledError("caller is gone"));
    if (streams_ != nullptr && streams_->closed()) return Close(ShuttingDown());
    if (next != nullptr) return this->StartWrite(next);
    if (ended) return Close(absl::OkStatus());
    if (!workers_->TrySubmit([this] { RunFetch(); })) PostponeFetch();
  }

  void RunFetch() {
    absl::StatusOr<FeedPage<Response>> page = FetchPage();
    if (!page.ok()) return Close(page.status());
    {
      const std::lock_guard lock{mutex_};
      fetched_ = true;
      cursor_ = page->cursor;
      ended_ = page->end;
      for (Response& message : page->messages) pending_.push_back(std::move(message));
      if (pending_.empty() && !ended_ && !woken_) {
        busy_ = false;  // Up to date: the next Wake() carries on. Nothing of *this may be touched after the unlock.
        return;
      }
    }
    Advance();
  }

  absl::StatusOr<FeedPage<Response>> FetchPage() {
    try {
      return fetch_(cursor_);
    } catch (const std::exception& e) {  // The last frame of ours: an escape would end the process.
      return absl::InternalError(e.what());
    }
  }

  /// The workers are full. A new stream is refused; an old one waits for the next hint.
  void PostponeFetch() {
    {
      const std::lock_guard lock{mutex_};
      if (fetched_) {
        busy_ = false;
        return;
      }
    }
    Close(RetryAfter(WithReason(absl::ResourceExhaustedError("too many calls waiting"), "WORKER_QUEUE_FULL"),
                     std::chrono::seconds{1}));
  }

  /// The stream stays taken for ever, so nobody starts anything after this.
  void Close(const absl::Status& status) {
    {
      const std::lock_guard lock{mutex_};
      busy_ = true;
    }
    this->Finish(ToGrpcStatus(status));
  }

  static absl::Status ShuttingDown() {
    return RetryAfter(WithReason(absl::UnavailableError("shutting down"), "SHUTTING_DOWN"), std::chrono::seconds{1});
  }

  WorkerPool* const workers_;
  const Fetch fetch_;
  OpenStreams* const streams_;
  std::mutex mutex_;
  std::int64_t cursor_;
  std::deque<Response> pending_;
  bool busy_ = false;   // Somebody holds the stream: a write, a fetch, or Finish() is under way.
  bool woken_ = false;  // There may be more than the running fetch sees.
  bool fetched_ = false;
  bool ended_ = false;
  bool cancelled_ = false;
  std::unique_ptr<Notifier::Registration> registration_;  // Last: its listener uses every field above.
};

/// Runs a server-streaming method over a durable feed: actor and role, the bound on open streams, then FeedStream.
/// `key` is what Notifier::Notify() is called with when the feed has grown. Needs rpc.notifier.
template <typename Response>
[[nodiscard]] grpc::ServerWriteReactor<Response>* RunFeed(grpc::CallbackServerContext* context, const RpcResources& rpc,
                                                          std::initializer_list<Role> allowed, std::string key,
                                                          std::int64_t cursor,
                                                          typename FeedStream<Response>::Fetch fetch) {
  if (const absl::StatusOr<Actor> actor = AuthorizedActor(*context, rpc, allowed); !actor.ok()) {
    return FeedStream<Response>::Refuse(actor.status());
  }
  return FeedStream<Response>::Start(rpc.workers, *rpc.notifier, std::move(key), cursor, std::move(fetch), rpc.streams);
}

}  // namespace hotline::platform
