#include "platform/cache/redis/envelope.h"

#include "platform/bytes.h"

namespace hotline::platform::redis {
namespace {

constexpr std::string_view kMark = "hlc1";

std::string Header(std::string_view key, std::string_view value) {
  std::string text{key};
  text += '\0';
  text += value;
  return std::string{kMark} + Sha256Hex(text).substr(0, kEnvelopeBytes - kMark.size());
}

}  // namespace

std::string Wrap(std::string_view key, std::string_view value) { return Header(key, value) + std::string{value}; }

std::optional<std::string> Unwrap(std::string_view key, std::string_view bytes) {
  if (bytes.size() < kEnvelopeBytes) return std::nullopt;
  const std::string_view value = bytes.substr(kEnvelopeBytes);
  if (bytes.substr(0, kEnvelopeBytes) != Header(key, value)) return std::nullopt;
  return std::string{value};
}

}  // namespace hotline::platform::redis
