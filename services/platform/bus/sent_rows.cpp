#include "platform/bus/sent_rows.h"

#include <memory>
#include <utility>

#include "platform/runtime/fault_points.h"

namespace hotline::platform {
namespace {

using std::chrono::steady_clock;

/// How long rows gather before they leave: some commits a second, however many events there are.
constexpr std::chrono::milliseconds kGather{50};
constexpr std::chrono::seconds kPatience{10};

}  // namespace

SentRows::~SentRows() {
  std::unique_lock lock{mutex_};
  removed_.wait(lock, [this] { return !removing_; });
}

void SentRows::Add(const std::vector<OutboxRow>& rows) {
  const std::lock_guard lock{mutex_};
  if (waiting_ == 0) due_ = steady_clock::now() + kGather;
  for (const OutboxRow& row : rows) waiting_ += ids_.insert(row.id).second;
}

std::size_t SentRows::size() const {
  const std::lock_guard lock{mutex_};
  return ids_.size();
}

std::set<std::int64_t> SentRows::ids() const {
  const std::lock_guard lock{mutex_};
  return ids_;
}

steady_clock::time_point SentRows::due() const {
  const std::lock_guard lock{mutex_};
  return waiting_ == 0 || removing_ ? steady_clock::time_point::max() : due_;
}

void SentRows::Remove() {
  std::vector<std::int64_t> ids;
  {
    const std::lock_guard lock{mutex_};
    if (waiting_ == 0 || removing_) return;
    ids.assign(ids_.begin(), ids_.end());
    waiting_ = 0;
    removing_ = true;
  }
  const auto shared = std::make_shared<const std::vector<std::int64_t>>(std::move(ids));
  store_.Submit(
      [shared](Transaction& transaction) {
        Outbox::Remove(transaction, *shared);
        return absl::OkStatus();
      },
      steady_clock::now() + kPatience, [this, shared](const absl::Status& status) { Removed(*shared, status); });
}

void SentRows::Removed(const std::vector<std::int64_t>& ids, const absl::Status& status) {
  if (status.ok()) FaultPoint("relay.after_remove");
  const std::lock_guard lock{mutex_};  // To the end: the destructor may be waiting.
  removing_ = false;
  if (status.ok()) {
    for (const std::int64_t id : ids) ids_.erase(id);
  } else {
    failure_ = status;
    due_ = steady_clock::now() + kGather;
    waiting_ = ids_.size();
  }
  if (waiting_ > 0) left_();
  removed_.notify_all();
}

absl::Status SentRows::RemoveNow() {
  {
    std::unique_lock lock{mutex_};
    removed_.wait(lock, [this] { return !removing_; });
    failure_ = absl::OkStatus();
  }
  Remove();
  std::unique_lock lock{mutex_};
  removed_.wait(lock, [this] { return !removing_; });
  return std::exchange(failure_, absl::OkStatus());
}

absl::Status SentRows::TakeFailure() {
  const std::lock_guard lock{mutex_};
  return std::exchange(failure_, absl::OkStatus());
}

}  // namespace hotline::platform
