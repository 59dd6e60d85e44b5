#include "platform/store/writer_connection.h"

#include <utility>

#include "platform/store/store_error.h"
#include "platform/telemetry/log.h"

namespace hotline::platform {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kBetweenConnects{200};

}  // namespace

void WriterConnection::Begin(const SqlConnection::Limits& limits) {
  if (connection_ == nullptr) Connect();
  try {
    connection_->Begin(limits);
  } catch (const StoreError&) {
    // The server was away while this connection lay idle. Nothing has begun: the next one may do.
    if (!connection_->lost()) throw;
    Connect();
    connection_->Begin(limits);
  }
}

void WriterConnection::Rollback() {
  if (connection_ != nullptr) connection_->Rollback();
}

void WriterConnection::ForgetIfLost() {
  if (connection_ != nullptr && connection_->lost()) connection_.reset();
}

void WriterConnection::Connect() {
  if (steady_clock::now() < connect_at_) throw StoreError{StoreError::Kind::kUnavailable, "the database is away"};
  connection_.reset();
  try {
    connection_ = std::make_unique<SqlConnection>(engine_, Access::kReadWrite);
  } catch (const StoreError&) {
    // Those that wait meanwhile learn at once that it is away, instead of each trying for seconds.
    connect_at_ = steady_clock::now() + kBetweenConnects;
    throw;
  }
  if (std::exchange(connected_, true)) Log(LogLevel::kInfo, "store.connected_again", {{"source", source_}});
}

}  // namespace hotline::platform
