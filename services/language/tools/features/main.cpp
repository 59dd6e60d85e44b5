// Features for training: reads texts on standard input, a JSON string a line, and prints "bucket:count …" a line.
// usage: hotline-features [bucket_bits [max_n]]
#include <cstdlib>
#include <iostream>
#include <string>

#include <nlohmann/json.hpp>

#include "language/features.h"

int main(int argc, char** argv) {
  hotline::language::FeatureSpace space;
  if (argc > 1) space.bucket_bits = static_cast<std::uint32_t>(std::atoi(argv[1]));
  if (argc > 2) space.max_n = static_cast<std::uint32_t>(std::atoi(argv[2]));
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    for (const auto& feature : ExtractFeatures(nlohmann::json::parse(line).get<std::string>(), space)) {
      std::cout << feature.bucket << ':' << feature.count << ' ';
    }
    std::cout << '\n';
  }
}
