#include "hotline/replay/watcher.h"

#include <absl/strings/str_cat.h>

#include "platform/rpc/status.h"

namespace hotline::replay {
namespace {

constexpr std::chrono::milliseconds kRetryPause{50};

/// Worth another stream: the server went away, or shed load.
bool MayResume(const absl::Status& status) {
  return status.ok() || absl::IsUnavailable(status) || absl::IsResourceExhausted(status) ||
         absl::IsDeadlineExceeded(status);
}

}  // namespace

Watcher::Watcher(intake::v1::IntakeService::StubInterface& stub, std::string call_id)
    : stub_{stub}, call_id_{std::move(call_id)}, thread_{[this] { Run(); }} {}

Watcher::~Watcher() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
    if (context_ != nullptr) context_->TryCancel();
  }
  changed_.notify_all();
  thread_.join();
}

void Watcher::Run() {
  for (;;) {
    ReadOneStream();
    std::unique_lock lock{mutex_};
    if (stopping_ || settled_ || !status_.ok()) return;
    changed_.wait_for(lock, kRetryPause, [this] { return stopping_; });
  }
}

void Watcher::ReadOneStream() {
  grpc::ClientContext context;
  intake::v1::WatchCallRequest request;
  request.set_call_id(call_id_);
  {
    const std::lock_guard lock{mutex_};
    if (stopping_) return;
    request.set_cursor(cursor_);
    context_ = &context;
  }
  const auto stream = stub_.WatchCall(&context, request);
  intake::v1::WatchCallResponse entry;
  while (stream->Read(&entry)) Take(entry);
  const absl::Status ended = platform::FromGrpcStatus(stream->Finish());
  const std::lock_guard lock{mutex_};
  context_ = nullptr;
  if (!stopping_ && !settled_ && !MayResume(ended)) {
    status_ = ended;
    changed_.notify_all();
  }
}

void Watcher::Take(const intake::v1::WatchCallResponse& entry) {
  const std::lock_guard lock{mutex_};
  if (entry.cursor() <= cursor_) return;
  cursor_ = entry.cursor();
  entries_.push_back(entry);
  if (entry.has_risk() && !entry.risk().preliminary()) assessed_.insert(entry.risk().turn());
  if (entry.has_settled()) settled_ = true;
  changed_.notify_all();
}

absl::Status Watcher::Await(Deadline deadline, const std::string& what, const std::function<bool()>& come) {
  std::unique_lock lock{mutex_};
  const bool in_time = changed_.wait_until(lock, deadline, [&] { return come() || !status_.ok(); });
  if (!status_.ok()) return status_;
  return in_time ? absl::OkStatus() : absl::DeadlineExceededError(absl::StrCat("waited in vain for ", what));
}

absl::Status Watcher::AwaitAssessment(int turn, Deadline deadline) {
  return Await(deadline, absl::StrCat("the assessment of turn ", turn), [&] { return assessed_.contains(turn); });
}

absl::Status Watcher::AwaitSettled(Deadline deadline) {
  return Await(deadline, "the call to settle", [&] { return settled_; });
}

std::vector<intake::v1::WatchCallResponse> Watcher::Entries() const {
  const std::lock_guard lock{mutex_};
  return entries_;
}

}  // namespace hotline::replay
