#include "support/labelled_calls.h"

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace hotline::tests {

std::string LabelledCall(std::string_view id) {
  std::ifstream in{std::filesystem::path{HOTLINE_SOURCE_DIR} / "tests/data/calls/dataset.jsonl"};
  for (std::string line; std::getline(in, line);) {
    if (nlohmann::json::parse(line).at("id") == id) return line;
  }
  throw std::runtime_error{"no labelled call " + std::string{id}};
}

}  // namespace hotline::tests
