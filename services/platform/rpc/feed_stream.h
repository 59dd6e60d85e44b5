#pragma once

#include <cstdint>
#include <deque>
#include <functional>
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
/// The rows in the store are the truth and the notifier only a hint, so a reconnecting client loses nothing and a slow
/// one costs one page of memory. Deletes itself. `fetch` runs on the workers and may block.
template <typename Response>
class FeedStream final : public grpc::ServerWriteReactor<Response> {
 public:
  using Fetch = std::function<absl::StatusOr<FeedPage<Response>>(std::int64_t cursor)>;

  static FeedStream* Start(WorkerPool& workers, Notifier& notifier, std::string key, std::int64_t cursor, Fetch fetch) {
    auto* stream = new FeedStream{workers, cursor, std::move(fetch)};
    stream->registration_ = notifier.Listen(std::move(key), [stream] { stream->Wake(); });
    stream->Wake();
    return stream;
  }

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  FeedStream(WorkerPool& workers, std::int64_t cursor, Fetch fetch)
      : workers_{workers}, fetch_{std::move(fetch)}, cursor_{cursor} {}
  void Wake();

  WorkerPool& workers_;
  const Fetch fetch_;
  std::mutex mutex_;
  std::int64_t cursor_;
  std::deque<Response> pending_;
  std::unique_ptr<Notifier::Registration> registration_;
};

}  // namespace hotline::platform
