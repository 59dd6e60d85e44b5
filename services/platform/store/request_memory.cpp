#include "platform/store/request_memory.h"

#include <cstdint>
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

}  // namespace

absl::StatusOr<std::optional<std::string>> FindOrClaim(Transaction& transaction, const RequestKey& key, Time now) {
  Sweep(transaction, now);
  const std::int64_t claimed = transaction.Execute(
      "INSERT INTO requests (actor, method, request_id, payload_sha256, claimed_at) VALUES (:1, :2, :3, :4, :5) "
      "ON CONFLICT (actor, method, request_id) DO NOTHING",
      {key.actor, key.method, key.request_id, key.payload_sha256, Milliseconds(now)});
  if (claimed == 1) return std::nullopt;

  const auto rows = transaction.Query(
      "SELECT payload_sha256, response FROM requests WHERE actor = :1 AND method = :2 AND request_id = :3",
      {key.actor, key.method, key.request_id});
  if (rows.empty() || rows.front().IsNull(1)) return absl::AbortedError("the request is being handled");
  if (rows.front().Text(0) != key.payload_sha256) {
    return WithReason(absl::AlreadyExistsError("request_id was used for another request"), "REQUEST_ID_REUSED");
  }
  absl::StatusOr<std::string> response = FromBase64(rows.front().Text(1));
  if (!response.ok()) return absl::DataLossError("a remembered answer cannot be read");
  return *std::move(response);
}

void Remember(Transaction& transaction, const RequestKey& key, std::string_view response_bytes) {
  transaction.Write("UPDATE requests SET response = :1 WHERE actor = :2 AND method = :3 AND request_id = :4",
                    {ToBase64(response_bytes), key.actor, key.method, key.request_id});
  FaultPoint("request.remembered");
}

}  // namespace hotline::platform
