#pragma once

#include <functional>
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

/// The answer to a request: what `work` says, kept in this transaction; or the first answer, when it has been answered,
/// for then `work` does not run, or nothing of it stands. Of concurrent twins one works and the others wait for it;
/// what a twin in another process did meanwhile refuses nobody. ALREADY_EXISTS when another payload came under this id;
/// others: those of `work`, which are not kept.
[[nodiscard]] absl::StatusOr<std::string> AnswerOnce(Transaction& transaction, const RequestKey& key, Time now,
                                                     const std::function<absl::StatusOr<std::string>()>& work);

}  // namespace hotline::platform
