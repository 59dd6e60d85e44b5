#include "platform/bus/apply.h"

#include <chrono>
#include <utility>

#include "platform/runtime/fault_points.h"
#include "platform/security/sealer.h"
#include "platform/store/outbox.h"
#include "platform/telemetry/log.h"
#include "platform/telemetry/metrics.h"
#include "platform/time.h"

namespace hotline::platform {
namespace {

/// Of effects before their commit: where each takes long, as one that runs a network, it is not kept waiting for
/// others.
constexpr std::chrono::milliseconds kMoment{5};

}  // namespace

absl::Status Applier::Together(Transaction& transaction, std::span<const Event* const> sealed,
                               std::size_t& applied) const {
  applied = 0;
  const auto end = std::chrono::steady_clock::now() + kMoment;
  const std::size_t in_turn = inbox.InTurn(transaction, sealed);
  while (applied < in_turn && (applied == 0 || std::chrono::steady_clock::now() < end)) {
    if (absl::Status status = EffectAlone(transaction, *sealed[applied]); !status.ok()) return status;
    ++applied;
  }
  return inbox.MarkAll(transaction, sealed.first(applied))
             ? absl::OkStatus()
             : absl::AlreadyExistsError("another member applied one of them");
}

absl::Status Applier::InOrder(Transaction& transaction, const Event& sealed) const {
  if (Sabotaged("skip_inbox") || Sabotaged("any_order")) return Effect(transaction, sealed);
  switch (inbox.PlaceOf(transaction, sealed)) {
    case Inbox::Place::kApplied: return absl::OkStatus();
    case Inbox::Place::kNext: return Effect(transaction, sealed);
    case Inbox::Place::kBehind: inbox.Park(transaction, sealed, "queued", "BEHIND", clock.Now()); break;
    case Inbox::Place::kGap: inbox.Park(transaction, sealed, "waiting", kGapReason, clock.Now()); break;
  }
  return absl::OkStatus();
}

absl::Status Applier::Effect(Transaction& transaction, const Event& sealed) const {
  if (!Sabotaged("skip_inbox") && !inbox.Mark(transaction, sealed, clock.Now())) return absl::OkStatus();
  return EffectAlone(transaction, sealed);
}

absl::Status Applier::EffectAlone(Transaction& transaction, const Event& sealed) const {
  absl::StatusOr<std::string> payload = sealer.Unseal(sealed.payload, SealContext(sealed));
  if (!payload.ok()) return payload.status();
  Event open = sealed;
  open.payload = *std::move(payload);
  return effect(transaction, open);
}

void Applier::ReportDead(const Event& event, const absl::Status& status) const {
  metrics.Add("hotline_consumer_dead_letters_total", 1, {{"topic", inbox.topic()}, {"group", inbox.group()}});
  Log(LogLevel::kError, "consumer.dead_letter",
      {{"topic", inbox.topic()},
       {"group", inbox.group()},
       {"event_id", event.id},
       {"type", event.type},
       {"code", absl::StatusCodeToString(status.code())}});
}

bool WorthRetrying(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsAborted(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsResourceExhausted(status);
}

std::string DeadLetterReason(const absl::Status& status) {
  constexpr std::size_t kMaxBytes = 200;
  std::string reason = absl::StatusCodeToString(status.code());
  reason.append(": ").append(status.message().data(), status.message().size());
  if (reason.size() <= kMaxBytes) return reason;
  std::size_t end = kMaxBytes;
  while (end > 0 && (static_cast<unsigned char>(reason[end]) & 0xc0) == 0x80) --end;  // Not inside a character.
  return reason.substr(0, end);
}

}  // namespace hotline::platform
