#pragma once

#include <map>
#include <string>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <CLI/CLI.hpp>

namespace hotline::cli {

/// An option (or a positional) that takes one of a few words: "max|real" in the help, "x is none of max, real" when it
/// is another.
template <typename Value>
CLI::Option* AddChoice(CLI::App& command, const std::string& name, Value& value,
                       const std::map<std::string, Value>& choices, const std::string& description) {
  const auto word = [](std::string* out, const auto& choice) { out->append(choice.first); };
  const auto take = [choices, named = absl::StrJoin(choices, ", ", word)](std::string& input) -> std::string {
    const auto found = choices.find(input);
    if (found == choices.end()) return absl::StrCat(input, " is none of ", named);
    input = std::to_string(static_cast<int>(found->second));  // As the library reads enumerations.
    return {};
  };
  return command.add_option(name, value, description)
      ->transform(CLI::Validator{take, ""})
      ->type_name(absl::StrJoin(choices, "|", word));
}

}  // namespace hotline::cli
