#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hotline::intake {

/// The distinct pairs of neighbouring characters of a text, sorted: what Chinese has instead of words. Punctuation and
/// spaces part; ASCII letters are compared in lower case.
[[nodiscard]] std::vector<std::uint64_t> GramsOf(std::string_view text);

/// How much of the smaller set the larger one holds, 0 to 1; 0 when either is empty.
[[nodiscard]] double Overlap(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b);

/// A text's grams as a bit set: a text holds a query only if its signature holds the query's bits. A database finds the
/// few texts worth reading in a narrow table of these, on any engine.
struct Signature {
  static constexpr std::size_t kWords = 16;
  std::array<std::int64_t, kWords> words{};
};

[[nodiscard]] Signature SignatureOf(std::string_view text);

}  // namespace hotline::intake
