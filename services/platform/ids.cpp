#include "platform/ids.h"

#include <array>
#include <cstdint>
#include <mutex>
#include <stdexcept>

#include <openssl/rand.h>

namespace hotline::platform {
namespace {

constexpr char kAlphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";  // Crockford's base 32.
using Randomness = std::array<unsigned char, 10>;

Randomness Fresh() {
  Randomness random;
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) throw std::runtime_error{"no randomness"};
  random[0] &= 0x7f;  // Room to count up within a millisecond.
  return random;
}

void Increment(Randomness& random) {
  for (std::size_t i = random.size(); i-- > 0;) {
    if (++random[i] != 0) return;
  }
}

std::string Encode(std::uint64_t milliseconds, const Randomness& random) {
  std::string text(26, '0');
  for (int i = 9; i >= 0; --i, milliseconds >>= 5) text[static_cast<std::size_t>(i)] = kAlphabet[milliseconds & 31];
  std::uint32_t bits = 0;
  int held = 0;
  std::size_t out = 10;
  for (const unsigned char byte : random) {
    bits = bits << 8 | byte;
    for (held += 8; held >= 5; held -= 5) text[out++] = kAlphabet[bits >> (held - 5) & 31];
  }
  return text;
}

}  // namespace

std::string NewUlid(Time time) {
  static std::mutex mutex;
  static Time last{};
  static Randomness random{};
  const std::lock_guard lock{mutex};
  if (time == last) {
    Increment(random);
  } else {
    last = time;
    random = Fresh();
  }
  return Encode(static_cast<std::uint64_t>(time.time_since_epoch().count()) & 0xffff'ffff'ffff, random);
}

}  // namespace hotline::platform
