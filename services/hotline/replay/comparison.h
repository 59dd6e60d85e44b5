#pragma once

#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace hotline::replay {

/// Where two results of the same calls (the lines of `hotline replay`) say different things.
struct Comparison {
  /// One part of what is said of a call.
  struct Part {
    int compared = 0;
    int different = 0;
  };
  struct Difference {
    std::string call;
    std::string part;  ///< "kinds", "emotion turn 4", …
    std::string before;
    std::string after;
  };
  int calls = 0;
  int only_before = 0;  ///< Calls that have no twin.
  int only_after = 0;
  int warned_before = 0;
  int warned_after = 0;
  int red_before = 0;
  int red_after = 0;
  std::string model_before;
  std::string model_after;
  std::map<std::string, Part> parts;  ///< kinds, topics, leads, intents, slots, emotions (a turn each), warned, red, …
  std::vector<Difference> differences;
};

/// `before` and `after`: lines in any order, matched by id. Throws nlohmann::json::exception where a key is missing.
[[nodiscard]] Comparison Compare(const std::vector<nlohmann::json>& before, const std::vector<nlohmann::json>& after);

}  // namespace hotline::replay
