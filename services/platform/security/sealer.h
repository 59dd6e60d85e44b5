#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include <absl/status/statusor.h>

namespace hotline::platform {

/// Encrypts what must stay private (AES-256-GCM) and makes tokens of it (HMAC-SHA-256), with the keys of one keyring
/// file. Sealed text names its key, so old text opens after a rotation. Thread-safe.
class Sealer {
 public:
  /// Reads the keyring (JSON, mode 0600 or FAILED_PRECONDITION); makes a new one where there is none.
  static absl::StatusOr<std::unique_ptr<Sealer>> Open(const std::filesystem::path& keyring);
  virtual ~Sealer() = default;

  /// `context` binds the text to its place (a column, an event id): it opens only there.
  /// The result is printable ASCII ("k1.…"): it may be kept in a text column as it is.
  [[nodiscard]] virtual std::string Seal(std::string_view plain, std::string_view context) const = 0;
  /// DATA_LOSS when the text or its context was changed; FAILED_PRECONDITION when its key is not in the ring.
  [[nodiscard]] virtual absl::StatusOr<std::string> Unseal(std::string_view sealed, std::string_view context) const = 0;
  /// Stable per site and value: equal phones have equal tokens within a site, and nowhere else. 32 hex digits.
  [[nodiscard]] virtual std::string Token(std::string_view site, std::string_view value) const = 0;
};

/// Adds a new key to the ring and makes it the active one; texts sealed before still open. Processes read the ring
/// when they start.
[[nodiscard]] absl::Status RotateKeyring(const std::filesystem::path& keyring);

}  // namespace hotline::platform
