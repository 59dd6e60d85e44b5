#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace hotline::cli {

/// What is wrong with a line of JSON, for a person: "key 'id' not found" of
/// "[json.exception.out_of_range.403] key 'id' not found". Other exceptions say what they say.
[[nodiscard]] inline std::string JsonProblem(const std::exception& problem) {
  const std::string_view what = problem.what();
  const auto end = what.find("] ");
  return std::string{what.starts_with("[json.exception.") && end != std::string_view::npos ? what.substr(end + 2)
                                                                                           : what};
}

}  // namespace hotline::cli
