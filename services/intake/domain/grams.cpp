#include "intake/domain/grams.h"

#include <algorithm>

namespace hotline::intake {
namespace {

constexpr std::size_t kBitsPerWord = 63;  // The sign bit stays clear: engines differ on shifting it.

/// The next code point of valid UTF-8; a stray byte counts as itself.
std::uint32_t NextCharacter(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
  std::uint32_t character = more == 0 ? lead : lead & (0x3F >> more);
  for (int i = 0; i < more && at < text.size(); ++i) {
    character = character << 6 | (static_cast<unsigned char>(text[at++]) & 0x3F);
  }
  return character;
}

/// Letters, digits and ideographs; not ASCII punctuation, not CJK and full-width punctuation.
bool IsWordCharacter(std::uint32_t c) {
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
  const bool punctuation = (c >= 0x2000 && c <= 0x206F) || (c >= 0x3000 && c <= 0x303F) ||
                           (c >= 0xFF00 && c <= 0xFF0F) || (c >= 0xFF1A && c <= 0xFF20) ||
                           (c >= 0xFF3B && c <= 0xFF40) || (c >= 0xFF5B && c <= 0xFF65);
  return !punctuation && c > 0xBF;
}

std::uint64_t Mix(std::uint64_t gram) {  // splitmix64's finisher: spreads neighbouring ideographs over all bits.
  gram = (gram ^ (gram >> 30)) * 0xBF58476D1CE4E5B9ULL;
  gram = (gram ^ (gram >> 27)) * 0x94D049BB133111EBULL;
  return gram ^ (gram >> 31);
}

}  // namespace

std::vector<std::uint64_t> GramsOf(std::string_view text) {
  std::vector<std::uint64_t> grams;
  std::uint32_t previous = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::uint32_t character = NextCharacter(text, at);
    if (character >= 'A' && character <= 'Z') character += 'a' - 'A';
    if (!IsWordCharacter(character)) character = 0;
    if (previous != 0 && character != 0) grams.push_back(std::uint64_t{previous} << 32 | character);
    previous = character;
  }
  std::sort(grams.begin(), grams.end());
  grams.erase(std::unique(grams.begin(), grams.end()), grams.end());
  return grams;
}

double Overlap(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
  if (a.empty() || b.empty()) return 0;
  std::vector<std::uint64_t> shared;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(shared));
  return static_cast<double>(shared.size()) / static_cast<double>(std::min(a.size(), b.size()));
}

Signature SignatureOf(std::string_view text) {
  Signature signature;
  for (const std::uint64_t gram : GramsOf(text)) {
    const std::size_t bit = Mix(gram) % (Signature::kWords * kBitsPerWord);
    signature.words[bit / kBitsPerWord] |= std::int64_t{1} << (bit % kBitsPerWord);
  }
  return signature;
}

}  // namespace hotline::intake
