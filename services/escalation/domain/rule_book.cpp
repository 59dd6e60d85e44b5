#include "escalation/domain/rule_book.h"

#include <string_view>
#include <utility>

#include <absl/strings/str_replace.h>
#include <nlohmann/json.hpp>

#include "escalation/domain/embedded_data.h"

namespace hotline::escalation {
namespace {

using language::Pattern;
using nlohmann::json;

/// Any of `expressions`.
Pattern Compile(const json& expressions, const json& blocks) {
  std::string any;
  for (const json& expression : expressions) {
    any += (any.empty() ? "(?:" : "|(?:") + expression.get<std::string>() + ")";
  }
  for (const auto& [name, block] : blocks.items()) {
    any = absl::StrReplaceAll(any, {{"<" + name + ">", block.get<std::string>()}});
  }
  constexpr int kLongestGap = 40;
  for (int n = 1; n <= kLongestGap; ++n) {
    const std::string number = std::to_string(n);
    any = absl::StrReplaceAll(any, {{"<s" + number + ">", "[^。！？!?]{0," + number + "}"},
                                    {"<c" + number + ">", "[^，。！？,!?]{0," + number + "}"}});
  }
  return Pattern{any};
}

RuleBook Read(std::string_view text) {
  const json file = json::parse(text);
  const json& blocks = file.at("blocks");
  RuleBook book{.rules = {},
                .implied = {},
                .of_agents = {},
                .not_meant = Compile(file.at("not_meant"), blocks),
                .of_a_report = Compile(file.at("of_a_report"), blocks),
                .harmless_words = {}};
  const auto optional = [&](const json& from, const char* key) {
    const auto found = from.find(key);
    return found == from.end() ? std::nullopt : std::optional{Compile(*found, blocks)};
  };
  for (const json& rule : file.at("rules")) {
    book.rules.push_back({rule.at("code"), Compile(rule.at("says"), blocks), Compile(rule.at("harmless"), blocks),
                          optional(rule, "harmless_before"), optional(rule, "in_a_letter")});
  }
  for (const json& one : file.at("implied")) {
    Implied implied{
        .code = one.at("code"), .needs = one.at("needs"), .harmless = optional(one, "harmless"), .signs = {}};
    for (const json& sign : one.at("signs"))
      implied.signs.push_back({sign.at("code"), Compile(sign.at("says"), blocks)});
    book.implied.push_back(std::move(implied));
  }
  for (const json& one : file.at("of_agents")) {
    book.of_agents.push_back({one.at("code"), Compile(one.at("says"), blocks), Compile(one.at("harmless"), blocks),
                              optional(one, "answered")});
  }
  for (const json& word : file.at("harmless_words")) book.harmless_words.Add(word.get<std::string>());
  return book;
}

}  // namespace

const RuleBook& RuleBook::Get() {
  static const RuleBook book = Read(embedded::hard_rules);
  return book;
}

}  // namespace hotline::escalation
