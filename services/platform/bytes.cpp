#include "platform/bytes.h"

#include <stdexcept>

#include <absl/strings/escaping.h>
#include <openssl/evp.h>

namespace hotline::platform {
namespace {

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

std::string ToBase64(std::string_view bytes) { return absl::Base64Escape(View(bytes)); }

absl::StatusOr<std::string> FromBase64(std::string_view text) {
  std::string bytes;
  if (!absl::Base64Unescape(View(text), &bytes)) return absl::InvalidArgumentError("not base64");
  return bytes;
}

std::string ToHex(std::string_view bytes) { return absl::BytesToHexString(View(bytes)); }

std::string Sha256Hex(std::string_view bytes) {
  unsigned char digest[32];
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest, &size, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error{"SHA-256 failed"};
  }
  return ToHex({reinterpret_cast<const char*>(digest), size});
}

}  // namespace hotline::platform
