#include "platform/store/reader_pool.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "platform/concurrency/deadline.h"
#include "platform/rpc/status.h"
#include "platform/store/sql_transaction.h"
#include "platform/store/statement_limits.h"
#include "platform/store/store_error.h"

namespace hotline::platform {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::chrono::seconds kReaderPatience{5};

/// What work sees of a connection: values checked, for both engines alike.
class SqlSession final : public Session {
 public:
  SqlSession(SqlConnection& connection, const SqlEngine& engine) : connection_{connection}, engine_{engine} {}
  std::vector<Row> Query(std::string_view sql, std::span<const Value> parameters) override {
    CheckValues(parameters);
    return connection_.Query(sql, parameters);
  }
  milliseconds LongestOpen() override {
    const std::string_view sql = engine_.longest_open();
    return milliseconds{sql.empty() ? 0 : connection_.Query(sql).front().Int(0)};
  }

 private:
  SqlConnection& connection_;
  const SqlEngine& engine_;
};

}  // namespace

absl::Status ReaderPool::Read(const std::function<absl::Status(Session&)>& work) {
  const auto deadline = NoLaterThanStatements(DeadlineScope::Current());
  const DeadlineScope scope{deadline};
  std::unique_ptr<SqlConnection> reader;
  try {
    reader = Acquire(deadline);
  } catch (const StoreError& error) {  // No connection to be had.
    return ToStatus(error);
  }
  if (reader == nullptr) {
    return WithReason(absl::ResourceExhaustedError("too many reads wait for the store"), "STORE_READERS_BUSY");
  }
  const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
  absl::Status status = Run(reader, {left, left}, work);
  Release(std::move(reader));
  return status;
}

absl::Status ReaderPool::Run(std::unique_ptr<SqlConnection>& reader, const SqlConnection::Limits& limits,
                             const std::function<absl::Status(Session&)>& work) {
  absl::Status status;
  try {
    Begin(reader, limits);
    SqlSession session{*reader, engine_};
    status = work(session);
  } catch (const StoreError& error) {
    status = ToStatus(error);
  } catch (const std::exception& error) {
    status = absl::InternalError(error.what());
  }
  if (reader != nullptr) reader->Rollback();
  return status;
}

void ReaderPool::Begin(std::unique_ptr<SqlConnection>& reader, const SqlConnection::Limits& limits) {
  try {
    return reader->Begin(limits);
  } catch (const StoreError&) {
    if (!reader->lost()) throw;
  }
  reader.reset();
  reader = std::make_unique<SqlConnection>(engine_, Access::kReadOnly);
  reader->Begin(limits);
}

std::unique_ptr<SqlConnection> ReaderPool::Acquire(steady_clock::time_point deadline) {
  const auto end = std::min(deadline, steady_clock::now() + kReaderPatience);
  {
    std::unique_lock lock{mutex_};
    const bool free = free_.wait_until(lock, end, [this] { return !idle_.empty() || open_ < most_; });
    if (!free) return nullptr;
    if (!idle_.empty()) {
      std::unique_ptr<SqlConnection> reader = std::move(idle_.back());
      idle_.pop_back();
      return reader;
    }
    ++open_;
  }
  try {
    return std::make_unique<SqlConnection>(engine_, Access::kReadOnly);
  } catch (...) {
    Release(nullptr);
    throw;
  }
}

void ReaderPool::Release(std::unique_ptr<SqlConnection> reader) {
  {
    const std::lock_guard lock{mutex_};
    if (reader == nullptr || reader->lost()) {
      --open_;
    } else {
      idle_.push_back(std::move(reader));
    }
  }
  free_.notify_one();
}

}  // namespace hotline::platform
