#include "language/features.h"

#include <algorithm>

#include "language/text.h"

namespace hotline::language {
namespace {

constexpr char32_t kEdge = U'\x2402';  // Stands before and after the text.

/// Folded characters with runs of white space as one, and an edge at either end.
FoldedText Framed(std::string_view utf8) {
  const FoldedText folded = Fold(utf8);
  FoldedText framed;
  framed.characters.reserve(folded.size() + 2);
  framed.begins.reserve(folded.size() + 3);
  const auto add = [&](char32_t c, std::size_t begin) {
    framed.characters.push_back(c);
    framed.begins.push_back(begin);
  };
  add(kEdge, 0);
  for (std::size_t i = 0; i < folded.size(); ++i) {
    if (folded.characters[i] == U' ' && framed.characters.back() == U' ') continue;
    add(folded.characters[i], folded.begins[i]);
  }
  add(kEdge, utf8.size());
  framed.begins.push_back(utf8.size());
  return framed;
}

/// One step of FNV-1a over a code point, a byte at a time.
std::uint64_t Step(std::uint64_t hash, char32_t c) {
  for (int shift = 0; shift < 24; shift += 8) hash = (hash ^ ((c >> shift) & 0xFF)) * 0x100000001B3ULL;
  return hash;
}

/// FNV's low bits are weak for short inputs: fold the high ones in.
std::uint32_t Bucket(std::uint64_t hash, std::uint32_t bits) {
  hash ^= hash >> 32;
  hash *= 0x9E3779B97F4A7C15ULL;
  return static_cast<std::uint32_t>(hash >> (64 - bits));
}

template <typename Visit>
void ForEachGram(const FoldedText& text, const FeatureSpace& space, Visit visit) {
  for (std::size_t from = 0; from < text.size(); ++from) {
    std::uint64_t hash = 0xCBF29CE484222325ULL;
    const std::size_t until = std::min(text.size(), from + space.max_n);
    for (std::size_t to = from; to < until; ++to) {
      hash = Step(hash, text.characters[to]);
      visit(Bucket(hash, space.bucket_bits), from, to + 1);
    }
  }
}

}  // namespace

std::vector<Feature> ExtractFeatures(std::string_view utf8, const FeatureSpace& space) {
  const FoldedText text = Framed(utf8);
  std::vector<std::uint32_t> buckets;
  buckets.reserve(text.size() * space.max_n);
  ForEachGram(text, space, [&](std::uint32_t bucket, std::size_t, std::size_t) { buckets.push_back(bucket); });
  std::sort(buckets.begin(), buckets.end());
  std::vector<Feature> features;
  features.reserve(buckets.size());
  for (const std::uint32_t bucket : buckets) {
    if (!features.empty() && features.back().bucket == bucket) {
      ++features.back().count;
    } else {
      features.push_back({bucket, 1});
    }
  }
  return features;
}

std::vector<Gram> ExtractGrams(std::string_view utf8, const FeatureSpace& space) {
  const FoldedText text = Framed(utf8);
  std::vector<Gram> grams;
  grams.reserve(text.size() * space.max_n);
  ForEachGram(text, space, [&](std::uint32_t bucket, std::size_t from, std::size_t to) {
    grams.push_back({bucket, text.begins[from], text.begins[to]});
  });
  return grams;
}

}  // namespace hotline::language
