#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <absl/status/statusor.h>

#include "platform/store/store.h"

namespace hotline::platform {

/// A mutating request as its client names it (design.md §5.1).
struct RequestKey {
  std::string actor;
  std::string method;  ///< "/hotline.intake.v1.IntakeService/OpenCall"
  std::string request_id;
  std::string payload_sha256;  ///< Of the request without its request_id, or with it: the same every time.
};

/// How long an answer is kept.
inline constexpr std::chrono::hours kRequestMemory{7 * 24};

/// The first answer's bytes when this request has been answered; nothing when it is new, and then it is claimed by this
/// transaction: a twin waits behind it. ALREADY_EXISTS when another payload came under this id.
[[nodiscard]] absl::StatusOr<std::optional<std::string>> FindOrClaim(Transaction& transaction, const RequestKey& key,
                                                                     Time now);

/// Keeps the answer of a request that FindOrClaim() claimed in this transaction.
void Remember(Transaction& transaction, const RequestKey& key, std::string_view response_bytes);

}  // namespace hotline::platform
