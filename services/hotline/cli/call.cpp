#include "hotline/cli/call.h"

#include <openssl/sha.h>

#include <absl/strings/escaping.h>

#include "platform/ids.h"
#include "platform/time.h"

namespace hotline::cli {

std::string FreshRequestId() { return platform::NewUlid(platform::WallClock{}.Now()); }

std::string RequestIdOf(std::string_view words) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(words.data()), words.size(), digest);
  constexpr std::size_t kBytes = 20;  // 160 bits: no two lines meet.
  return absl::BytesToHexString({reinterpret_cast<const char*>(digest), kBytes});
}

}  // namespace hotline::cli
