#include "platform/bus/outbox_leases.h"

#include <utility>

#include "platform/store/outbox.h"
#include "platform/time.h"

namespace hotline::platform {
namespace {

std::int64_t Milliseconds(Time time) { return time.time_since_epoch().count(); }

}  // namespace

OutboxLeases::OutboxLeases(Store& store, const Clock& clock, std::string relay, std::chrono::milliseconds lasting)
    : store_{store}, clock_{clock}, relay_{std::move(relay)}, lasting_{lasting} {}

absl::Status OutboxLeases::Renew() {
  absl::Status renewed = store_.InTransaction([this](Transaction& transaction) { return Renew(transaction); });
  if (!renewed.ok()) held_.clear();  // Perhaps another's by now.
  return renewed;
}

absl::Status OutboxLeases::Renew(Transaction& transaction) {
  const std::int64_t now = Milliseconds(clock_.Now());
  const std::int64_t until = now + lasting_.count();
  // First the leases: their locks let one relay at a time look and take.
  const std::vector<Row> leases =
      transaction.Query("SELECT shard, relay, held_until FROM outbox_leases ORDER BY shard /*FOR UPDATE*/");
  transaction.Write(
      "INSERT INTO outbox_relays (relay, alive_until) VALUES (:1, :2) "
      "ON CONFLICT (relay) DO UPDATE SET alive_until = excluded.alive_until",
      {relay_, until});
  transaction.Write("DELETE FROM outbox_relays WHERE alive_until < :1", {now});
  const std::int64_t relays = transaction.Query("SELECT count(*) FROM outbox_relays").front().Int(0);
  const auto share = static_cast<std::size_t>((kOutboxShards + relays - 1) / relays);

  std::vector<std::int64_t> held;
  const auto set = [&](std::int64_t shard, const std::string& relay, std::int64_t held_until) {
    transaction.Write("UPDATE outbox_leases SET relay = :1, held_until = :2 WHERE shard = :3",
                      {relay, held_until, shard});
  };
  for (const Row& lease : leases) {
    if (lease.Text(1) != relay_) continue;
    if (held.size() < share) {
      held.push_back(lease.Int(0));
      set(lease.Int(0), relay_, until);
    } else {
      set(lease.Int(0), "", 0);
    }
  }
  for (const Row& lease : leases) {
    if (held.size() >= share) break;
    if (lease.Text(1) == relay_ || lease.Int(2) >= now) continue;
    held.push_back(lease.Int(0));
    set(lease.Int(0), relay_, until);
  }
  alone_ = relays == 1;
  held_ = std::move(held);
  return absl::OkStatus();
}

void OutboxLeases::GiveBack() {
  static_cast<void>(store_.InTransaction([this](Transaction& transaction) {
    transaction.Write("UPDATE outbox_leases SET relay = '', held_until = 0 WHERE relay = :1", {relay_});
    transaction.Write("DELETE FROM outbox_relays WHERE relay = :1", {relay_});
    return absl::OkStatus();
  }));
  held_.clear();
}

}  // namespace hotline::platform
