#include "platform/config/config.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <utility>

namespace hotline::platform {
namespace {

using Kind = Setting::Kind;

constexpr std::string_view kPrefix = "HOTLINE_";

std::string_view Trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(separator), text.size());
    if (const auto part = Trim(text.substr(0, end)); !part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

template <typename Number>
std::optional<Number> Parse(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> ParseReal(std::string_view text) {
  const auto value = Parse<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<bool> ParseBoolean(std::string_view text) {
  if (text == "true" || text == "yes" || text == "on" || text == "1") return true;
  if (text == "false" || text == "no" || text == "off" || text == "0") return false;
  return std::nullopt;
}

/// What is wrong with `text` as a value of `setting`; "" when nothing is.
std::string Problem(const Setting& setting, std::string_view text) {
  switch (setting.kind) {
    case Kind::kText:
    case Kind::kPath:
    case Kind::kList: return "";
    case Kind::kInteger: return Parse<std::int64_t>(text) ? "" : "is not a whole number";
    case Kind::kReal: return ParseReal(text) ? "" : "is not a number";
    case Kind::kBoolean: return ParseBoolean(text) ? "" : "is neither true nor false";
    case Kind::kDuration: return ParseDuration(text) ? "" : "is not a duration such as 250ms, 30s, 5m or 24h";
    case Kind::kChoice: {
      const auto choices = Split(setting.choices, '|');
      if (std::find(choices.begin(), choices.end(), text) != choices.end()) return "";
      return "is not one of " + std::string{setting.choices};
    }
  }
  return "";
}

/// Letters to insert, delete or change to make one of the other.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

const Setting* Find(std::string_view name) {
  const auto known = Config::Known();
  const auto found = std::find_if(known.begin(), known.end(), [&](const Setting& s) { return s.name == name; });
  return found == known.end() ? nullptr : &*found;
}

std::string Nearest(std::string_view name) {
  const auto known = Config::Known();
  const auto nearest = std::min_element(known.begin(), known.end(), [&](const Setting& a, const Setting& b) {
    return Distance(name, a.name) < Distance(name, b.name);
  });
  return std::string{nearest->name};
}

std::string Replaced(std::string text, char from, char to) {
  std::replace(text.begin(), text.end(), from, to);
  return text;
}

/// Takes what the sources say, later over earlier, and every complaint about it.
class Loader {
 public:
  Loader() {
    for (const Setting& setting : Config::Known()) {
      values_[std::string{setting.name}].text = setting.default_value;
    }
  }

  void Take(std::string_view name, std::string_view text, const std::string& source) {
    const Setting* const setting = Find(name);
    if (setting == nullptr) {
      return Complain(source + ": unknown setting \"" + std::string{name} + "\"; did you mean \"" + Nearest(name) +
                      "\"?");
    }
    if (const std::string problem = Problem(*setting, text); !problem.empty()) {
      const std::string shown = setting->secret ? "the value" : "\"" + std::string{text} + "\"";
      return Complain(source + ": " + std::string{name} + ": " + shown + " " + problem);
    }
    values_[std::string{name}] = {std::string{text}, source};
  }

  absl::Status TakeFile(const std::filesystem::path& file) {
    std::ifstream in{file};
    if (!in) return absl::NotFoundError("cannot read the configuration file " + file.string());
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
      const std::string_view text = Trim(line);
      if (text.empty() || text.front() == '#') continue;
      const std::string source = file.string() + ":" + std::to_string(number);
      const auto equals = text.find('=');
      if (equals == std::string_view::npos) {
        Complain(source + ": is not of the form name = value");
        continue;
      }
      Take(Trim(text.substr(0, equals)), Trim(text.substr(equals + 1)), source);
    }
    return absl::OkStatus();
  }

  void Complain(std::string problem) { problems_ += (problems_.empty() ? "" : "\n") + std::move(problem); }

  const std::string& problems() const { return problems_; }
  std::map<std::string, SettingValue, std::less<>> TakeValues() { return std::move(values_); }

 private:
  std::map<std::string, SettingValue, std::less<>> values_;
  std::string problems_;
};

/// "HOTLINE_DATA_DIR" -> "data_dir". Other variables of that prefix belong to the client commands and the tests.
std::string SettingName(std::string_view variable) {
  std::string name{variable.substr(kPrefix.size())};
  for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return name;
}

/// HOTLINE_ variables that are no settings.
bool IsForeign(std::string_view name) {
  return name == "address" || name == "actor" || name == "role" || name == "config" || name.substr(0, 5) == "test_";
}

}  // namespace

std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  const auto unit_at = text.find_first_not_of("0123456789");
  if (unit_at == std::string_view::npos) return std::nullopt;
  const auto number = Parse<std::int64_t>(text.substr(0, unit_at));
  if (!number || *number > 1'000'000'000) return std::nullopt;
  const std::string_view unit = text.substr(unit_at);
  if (unit == "ms") return std::chrono::milliseconds{*number};
  if (unit == "s") return std::chrono::seconds{*number};
  if (unit == "m") return std::chrono::minutes{*number};
  if (unit == "h") return std::chrono::hours{*number};
  return std::nullopt;
}

absl::StatusOr<Config> Config::Load(const std::filesystem::path& file,
                                    const std::map<std::string, std::string>& environment,
                                    const std::map<std::string, std::string>& overrides) {
  Loader loader;
  if (!file.empty()) {
    if (absl::Status read = loader.TakeFile(file); !read.ok()) return read;
  }
  for (const auto& [variable, value] : environment) {
    if (std::string_view{variable}.substr(0, kPrefix.size()) != kPrefix) continue;
    if (const std::string name = SettingName(variable); !IsForeign(name)) loader.Take(name, value, variable);
  }
  for (const auto& [name, value] : overrides) loader.Take(name, value, "--" + Replaced(name, '_', '-'));
  if (!loader.problems().empty()) return absl::InvalidArgumentError(loader.problems());
  Config config;
  config.values_ = loader.TakeValues();
  return config;
}

const std::string& Config::Value(std::string_view name, Kind kind) const {
  const Setting* const setting = Find(name);
  const auto value = values_.find(name);
  if (setting == nullptr || setting->kind != kind || value == values_.end()) {
    throw std::logic_error("no setting of that kind: " + std::string{name});
  }
  return value->second.text;
}

std::string Config::Text(std::string_view name) const {
  const Setting* const setting = Find(name);
  const bool choice = setting != nullptr && setting->kind == Kind::kChoice;
  return Value(name, choice ? Kind::kChoice : Kind::kText);
}
std::int64_t Config::Integer(std::string_view name) const { return *Parse<std::int64_t>(Value(name, Kind::kInteger)); }
double Config::Real(std::string_view name) const { return *ParseReal(Value(name, Kind::kReal)); }
bool Config::Boolean(std::string_view name) const { return *ParseBoolean(Value(name, Kind::kBoolean)); }
std::chrono::milliseconds Config::Duration(std::string_view name) const {
  return *ParseDuration(Value(name, Kind::kDuration));
}
std::filesystem::path Config::Path(std::string_view name) const { return Value(name, Kind::kPath); }
std::vector<std::string> Config::List(std::string_view name) const { return Split(Value(name, Kind::kList), ','); }

std::string Config::Describe() const {
  std::string text;
  for (const Setting& setting : Known()) {
    const SettingValue& value = values_.find(setting.name)->second;
    const bool hidden = setting.secret && !value.text.empty();
    text +=
        "# from " + value.source + "\n" + std::string{setting.name} + " = " + (hidden ? "(hidden)" : value.text) + "\n";
  }
  return text;
}

std::map<std::string, std::string> Environment() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    const auto equals = text.find('=');
    if (equals != std::string_view::npos) variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

}  // namespace hotline::platform
