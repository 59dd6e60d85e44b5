#include "platform/store/request_memory.h"

#include <cstdint>
#include <optional>
#include <random>

#include "platform/bytes.h"
#include "platform/rpc/status.h"
#include "platform/runtime/fault_points.h"

namespace hotline::platform {
namespace {

std::int64_t Milliseconds(Time time) { return time.time_since_epoch().count(); }

/// One request in so many takes twice as many old ones away, so the table never grows and no sweep is ever long.
constexpr std::uint32_t kOneIn = 32;

void Sweep(Transaction& transaction, Time now) {
  thread_local std::minstd_rand random{std::random_device{}()};  // Which requests: no client's habit decides.
  if (random() % kOneIn != 0) return;
  transaction.Write(
      "DELETE FROM requests WHERE (actor, method, request_id) IN "
      "(SELECT actor, method, request_id FROM requests WHERE claimed_at < :1 ORDER BY claimed_at LIMIT 64 /*SKIP "
      "LOCKED*/)",
      {Milliseconds(now - kRequestMemory)});
}

/// The first answer; nothing when there is none.
absl::StatusOr<std::optional<std::string>> Find(Transaction& transaction, const RequestKey& key) {
  const auto rows = transaction.Query(
      "SELECT payload_sha256, response FROM requests WHERE actor = :1 AND method = :2 AND request_id = :3",
      {key.actor, key.method, key.request_id});
  if (rows.empty()) return std::nullopt;
  if (rows.front().Text(0) != key.payload_sha256) {
    return WithReason(absl::AlreadyExistsError("request_id was used for another request"), "REQUEST_ID_REUSED");
  }
  absl::StatusOr<std::string> response = FromBase64(rows.front().Text(1));
  if (!response.ok()) return absl::DataLossError("a remembered answer cannot be read");
  return *std::move(response);
}

/// What has been done is undone and runs again.
[[noreturn]] void ThrowTwinWasFirst() {
  throw StoreError{StoreError::Kind::kConflict, "a twin of this request was first"};
}

void Remember(Transaction& transaction, const RequestKey& key, std::string_view response, Time now) {
  const std::string insert =
      "INSERT INTO requests (actor, method, request_id, payload_sha256, response, claimed_at) "
      "VALUES (:1, :2, :3, :4, :5, :6)";
  const std::initializer_list<Value> row{key.actor,          key.method,         key.request_id,
                                         key.payload_sha256, ToBase64(response), Milliseconds(now)};
  // Nobody looked whether it has an answer: where it has, this key is taken, and the work runs again.
  if (transaction.Hopeful()) return transaction.Write(insert, row);
  if (transaction.Execute(insert + " ON CONFLICT (actor, method, request_id) DO NOTHING", row) == 1) return;
  ThrowTwinWasFirst();
}

/// Another process may have answered this very request since Find(), and what refuses the work may be what it did
/// ("this external_id has been filed"). Nothing that the work did may stand then, so all runs again and finds the
/// answer.
void RunAgainIfAnswered(Transaction& transaction, const RequestKey& key) {
  const absl::StatusOr<std::optional<std::string>> first = Find(transaction, key);
  if (first.ok() && first->has_value()) ThrowTwinWasFirst();
}

}  // namespace

absl::StatusOr<std::string> AnswerOnce(Transaction& transaction, const RequestKey& key, Time now,
                                       const std::function<absl::StatusOr<std::string>()>& work) {
  Sweep(transaction, now);
  if (!transaction.Hopeful()) {
    absl::StatusOr<std::optional<std::string>> first = Find(transaction, key);
    if (!first.ok()) return first.status();
    if (first->has_value()) return **std::move(first);
  }
  absl::StatusOr<std::string> answer = work();
  if (!answer.ok()) {
    if (!transaction.Hopeful()) RunAgainIfAnswered(transaction, key);
    return answer;
  }
  Remember(transaction, key, *answer, now);
  FaultPoint("request.remembered");
  return answer;
}

}  // namespace hotline::platform
