#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace hotline::language {

/// How a text becomes numbers: hashed n-grams of its normalised characters, the ends of the text counted as one
/// character. The same function serves training (tools/features) and prediction, so the two cannot drift apart.
struct FeatureSpace {
  std::uint32_t bucket_bits = 18;  ///< 2^bits buckets.
  std::uint32_t max_n = 4;         ///< n-grams of 1 to max_n characters.
};

/// One n-gram bucket of a text and how often it is met. Sorted by bucket, each bucket once.
struct Feature {
  std::uint32_t bucket = 0;
  std::uint32_t count = 0;
};

[[nodiscard]] std::vector<Feature> ExtractFeatures(std::string_view utf8, const FeatureSpace& space);

/// The n-grams themselves, for evidence: every one with its bucket and its bytes in `utf8`.
struct Gram {
  std::uint32_t bucket = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};
[[nodiscard]] std::vector<Gram> ExtractGrams(std::string_view utf8, const FeatureSpace& space);

}  // namespace hotline::language
