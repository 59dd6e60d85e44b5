#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/store/outbox.h"
#include "platform/store/sql_connection.h"
#include "platform/store/store.h"
#include "platform/store/store_error.h"

namespace hotline::platform {

/// PostgreSQL takes no zero byte in text, and SOCI would cut it there in silence: throws StoreError.
void CheckValues(std::span<const Value> parameters);

/// What waited for a commit that stands; what one of them throws is logged.
void RunAll(std::vector<std::function<void()>>& actions);

/// The writer's transaction, as one piece of work sees it.
class SqlTransaction final : public Transaction {
 public:
  /// `hopeful`: see Transaction::Hopeful().
  SqlTransaction(SqlConnection& connection, const Outbox& outbox, Time now, bool hopeful)
      : connection_{connection}, outbox_{outbox}, now_{now}, hopeful_{hopeful} {}

  std::vector<Row> Query(std::string_view sql, std::span<const Value> parameters) override {
    return Guarded([&] { return connection_.Query(sql, parameters); }, parameters);
  }
  std::int64_t Execute(std::string_view sql, std::span<const Value> parameters) override {
    return Guarded([&] { return connection_.Execute(sql, parameters); }, parameters);
  }
  void Write(std::string_view sql, std::span<const Value> parameters) override {
    Guarded([&] { connection_.Write(sql, parameters); }, parameters);
  }
  void Publish(std::string_view topic, Event event) override {
    leaving_.push_back(outbox_.Seal(topic, std::move(event), now_));
  }
  bool Hopeful() const override { return hopeful_; }
  void OnWritten(std::function<void()> action) override { written_.push_back(std::move(action)); }
  void OnCommit(std::function<void()> action) override { actions_.push_back(std::move(action)); }

  /// The work is done: `events`, and what waits, go to the database now.
  void Finish(const std::vector<LeavingEvent>& events) {
    if (!events.empty()) outbox_.Add(*this, events);
    Guarded([&] { connection_.Flush(); }, {});
    RunAll(written_);
  }
  /// The work is done: what it wrote may wait for others'. Not where somebody is to be told that it is there.
  void FinishLater() {
    if (!written_.empty()) Finish({});
  }

  /// The work threw this: it lost a race that no statement of its own tells of.
  void Fail(const StoreError& error) {
    if (!error_) error_ = error;
  }
  /// The first error of a statement, whether the work minded it or not.
  [[nodiscard]] const std::optional<StoreError>& error() const { return error_; }
  [[nodiscard]] std::vector<LeavingEvent>& leaving() { return leaving_; }
  [[nodiscard]] std::vector<std::function<void()>> TakeActions() { return std::move(actions_); }

 private:
  template <typename Run>
  auto Guarded(Run run, std::span<const Value> parameters) -> decltype(run()) {
    if (error_) throw StoreError{StoreError::Kind::kStatement, "a statement of this work failed before"};
    try {
      CheckValues(parameters);
      return run();
    } catch (const StoreError& error) {
      error_ = error;
      throw;
    }
  }

  SqlConnection& connection_;
  const Outbox& outbox_;
  const Time now_;
  const bool hopeful_;
  std::optional<StoreError> error_;
  std::vector<LeavingEvent> leaving_;
  std::vector<std::function<void()>> written_;
  std::vector<std::function<void()>> actions_;
};

}  // namespace hotline::platform
