#include "intake/rpc/converse.h"

#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "intake/rpc/requests.h"
#include "platform/concurrency/notifier.h"
#include "platform/rpc/limits.h"
#include "platform/rpc/open_streams.h"
#include "platform/rpc/status.h"
#include "platform/rpc/texts.h"

namespace hotline::intake {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kMaxWaiting = 32;
constexpr std::chrono::minutes kMaxIdle{10};
constexpr char kListenerKey[] = "intake/converse";

/// What one transaction did for a stream.
struct Batch {
  std::vector<HeardTurn> turns;
  std::vector<int> kept;
  int last_turn = 0;
  absl::Status refused;  ///< Why the turn after the kept ones was not taken.
};

/// One mutex guards all state; whoever changes it calls Advance(), which starts what has become possible. At most one
/// read, one write and one transaction run at a time, and Finish() comes once, when no transaction runs.
class ConverseStream final : public ConverseReactor {
 public:
  ConverseStream(const platform::RpcResources& rpc, const Intake& intake, const CallDesk& desk)
      : rpc_{rpc}, intake_{intake}, desk_{desk} {}

  void Start(const absl::Status& allowed) {
    if (!allowed.ok()) {
      finished_ = true;
      return Finish(platform::ToGrpcStatus(allowed));
    }
    if (rpc_.streams != nullptr) {
      counted_ = rpc_.streams->TryEnter();
      if (!counted_) return Fail(TooMany());
    }
    if (rpc_.notifier != nullptr) registration_ = rpc_.notifier->Listen(kListenerKey, [this] { Look(); });
    Advance();
  }

  void OnReadDone(bool ok) override {
    {
      const std::lock_guard lock{mutex_};
      reading_ = false;
      touched_ = steady_clock::now();
      if (!ok) {
        half_closed_ = true;
      } else if (absl::Status taken = TakeMessage(); !taken.ok() && status_.ok()) {
        status_ = std::move(taken);
      }
    }
    Advance();
  }

  void OnWriteDone(bool ok) override {
    {
      const std::lock_guard lock{mutex_};
      writing_ = false;
      answers_.pop_front();
      if (!ok) gone_ = true;
    }
    Advance();
  }

  void OnCancel() override {
    {
      const std::lock_guard lock{mutex_};
      gone_ = true;
    }
    Advance();
  }

  void OnDone() override {
    registration_.reset();  // Waits for a listener that is running, which still uses *this.
    if (counted_) rpc_.streams->Leave();
    delete this;
  }

 private:
  static absl::Status TooMany() {
    return platform::RetryAfter(
        platform::WithReason(absl::ResourceExhaustedError("too many open streams"), "TOO_MANY_STREAMS"),
        std::chrono::seconds{5});
  }

  /// The message just read, into `waiting_`. Under the lock.
  absl::Status TakeMessage() {
    if (absl::Status texts = platform::CheckTexts(message_); !texts.ok()) return texts;
    if (call_id_.empty()) {
      if (absl::Status id = CheckId("call_id", message_.call_id()); !id.ok()) return id;
      call_id_ = message_.call_id();
    } else if (!message_.call_id().empty() && message_.call_id() != call_id_) {
      return platform::BadField("call_id", "is another call's: a stream is for one call");
    }
    if (!message_.has_turn()) return absl::OkStatus();
    HeardTurn turn;
    if (absl::Status valid = Read(message_.turn(), turn); !valid.ok()) return valid;
    waiting_.push_back(std::move(turn));
    return absl::OkStatus();
  }

  void Fail(absl::Status status) {
    {
      const std::lock_guard lock{mutex_};
      if (status_.ok()) status_ = std::move(status);
    }
    Advance();
  }

  /// Once a second, and when the process stops.
  void Look() {
    absl::Status end;
    {
      const std::lock_guard lock{mutex_};
      if (rpc_.streams != nullptr && rpc_.streams->closed()) {
        end = platform::RetryAfter(platform::WithReason(absl::UnavailableError("shutting down"), "SHUTTING_DOWN"),
                                   std::chrono::seconds{1});
      } else if (!working_ && steady_clock::now() - touched_ > kMaxIdle) {
        end = platform::WithReason(absl::DeadlineExceededError("nothing was said for ten minutes"), "STREAM_IDLE");
      }
    }
    if (!end.ok()) Fail(std::move(end));
  }

  void Advance() {
    std::shared_ptr<Batch> batch;
    {
      const std::lock_guard lock{mutex_};
      if (finished_) return;
      const bool named = !call_id_.empty();
      // Turns that came before a bad one are still taken; nothing is taken for a caller who has gone.
      if (!working_ && !gone_ && named && !stopped_ && (!greeted_ || !waiting_.empty())) {
        working_ = true;
        batch = std::make_shared<Batch>();
        batch->turns.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(waiting_.end()));
        waiting_.clear();
      }
      if (!working_ && !writing_ && (gone_ || (answers_.empty() && (half_closed_ || !status_.ok())))) {
        finished_ = true;
        Finish(platform::ToGrpcStatus(gone_ ? absl::CancelledError("caller is gone") : status_));
        return;
      }
      if (!writing_ && !gone_ && !answers_.empty()) {
        writing_ = true;
        StartWrite(&answers_.front());
      }
      if (!reading_ && !half_closed_ && !gone_ && status_.ok() && waiting_.size() < kMaxWaiting &&
          answers_.size() < kMaxWaiting) {
        reading_ = true;
        StartRead(&message_);
      }
    }
    if (batch) Submit(std::move(batch));  // Outside the lock: a full queue answers on this thread.
  }

  void Submit(std::shared_ptr<Batch> batch) {
    rpc_.store.Submit([this, batch](Transaction& tx) { return Keep(tx, *batch); },
                      steady_clock::now() + platform::kMaxCallTime,
                      [this, batch](const absl::Status& committed) { Committed(*batch, committed); });
  }

  /// Takes turns up to the first that is refused: the ones before it are committed all the same.
  absl::Status Keep(Transaction& tx, Batch& batch) const {
    batch.kept.clear();  // The store may run this again after a lost race.
    batch.refused = absl::OkStatus();
    for (const HeardTurn& turn : batch.turns) {
      const absl::StatusOr<int> kept = desk_.AppendTurn(tx, call_id_, turn);
      if (!kept.ok()) {
        batch.refused = kept.status();
        break;
      }
      batch.kept.push_back(*kept);
    }
    const std::optional<Call> call = intake_.calls.Find(tx, call_id_);
    if (!call) return platform::WithReason(absl::NotFoundError("no such call"), "CALL_UNKNOWN");
    batch.last_turn = call->last_turn;
    return absl::OkStatus();
  }

  void Committed(const Batch& batch, const absl::Status& committed) {
    {
      const std::lock_guard lock{mutex_};
      working_ = false;
      touched_ = steady_clock::now();
      const absl::Status& refused = committed.ok() ? batch.refused : committed;
      if (!refused.ok()) {
        stopped_ = true;  // Turns behind a refused one are not taken.
        if (absl::IsResourceExhausted(refused) && !platform::RetryDelayOf(refused)) {
          status_ = platform::RetryAfter(refused, platform::kOverloadRetryDelay);
        } else {
          status_ = refused;
        }
      }
      if (committed.ok()) {
        if (!greeted_) Answer(batch.kept.empty() ? batch.last_turn : batch.kept.front() - 1, batch.last_turn);
        greeted_ = true;
        for (const int turn : batch.kept) Answer(turn, batch.last_turn);
      }
    }
    Advance();
  }

  void Answer(int turn, int last_turn) {
    v1::ConverseResponse& answer = answers_.emplace_back();
    answer.set_acknowledged_turn(turn);
    answer.set_last_turn(last_turn);
  }

  const platform::RpcResources& rpc_;
  const Intake& intake_;
  const CallDesk& desk_;

  std::mutex mutex_;
  v1::ConverseRequest message_;  // Belongs to the running read.
  std::string call_id_;
  std::deque<HeardTurn> waiting_;
  std::deque<v1::ConverseResponse> answers_;  // The front belongs to the running write.
  absl::Status status_;
  steady_clock::time_point touched_ = steady_clock::now();
  bool reading_ = false;
  bool writing_ = false;
  bool working_ = false;
  bool greeted_ = false;
  bool stopped_ = false;
  bool half_closed_ = false;
  bool gone_ = false;
  bool finished_ = false;
  bool counted_ = false;
  std::unique_ptr<platform::Notifier::Registration> registration_;  // Last: its listener uses every field above.
};

}  // namespace

ConverseReactor* StartConverse(grpc::CallbackServerContext* context, const platform::RpcResources& rpc,
                               const Intake& intake, const CallDesk& desk,
                               std::initializer_list<platform::Role> allowed) {
  auto* stream = new ConverseStream{rpc, intake, desk};
  stream->Start(platform::AuthorizedActor(*context, rpc, allowed).status());
  return stream;
}

}  // namespace hotline::intake
