#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

namespace hotline::platform {

/// A setting there is: its name, its default and what it is for. `hotline up --help` and the READMEs list them.
struct Setting {
  enum class Kind { kText, kInteger, kReal, kDuration, kBoolean, kPath, kChoice, kList };
  std::string_view name;  ///< "data_dir": HOTLINE_DATA_DIR in the environment, data_dir in the file, --data-dir.
  Kind kind = Kind::kText;
  std::string_view default_value;
  std::string_view help;
  std::string_view choices = {};  ///< Of a kChoice: "auto|human|json".
  bool secret = false;            ///< Never printed.
};

/// What a setting is now, and who said so: "default", "hotline.conf:3", "HOTLINE_LISTEN", "--listen".
struct SettingValue {
  std::string text;
  std::string source = "default";
};

/// The settings of a process: defaults, then the file (key = value lines; # comments), then the environment
/// (HOTLINE_<NAME>), then what the command line says (--name). Immutable, thread-safe.
class Config {
 public:
  /// `file` may be empty: none. `environment` may hold anything; only HOTLINE_<NAME> counts. INVALID_ARGUMENT lists, a
  /// line each, every unknown name (with the nearest known one) and every bad value, each with its source; NOT_FOUND
  /// when the file is not there.
  static absl::StatusOr<Config> Load(const std::filesystem::path& file,
                                     const std::map<std::string, std::string>& environment,
                                     const std::map<std::string, std::string>& overrides);

  /// Every setting of the platform and of the services.
  static std::span<const Setting> Known();

  /// The name must be Known() and of that kind: anything else is a bug and throws std::logic_error.
  [[nodiscard]] std::string Text(std::string_view name) const;
  [[nodiscard]] std::int64_t Integer(std::string_view name) const;
  [[nodiscard]] double Real(std::string_view name) const;
  [[nodiscard]] bool Boolean(std::string_view name) const;
  [[nodiscard]] std::chrono::milliseconds Duration(std::string_view name) const;  ///< "250ms", "30s", "5m", "24h"
  [[nodiscard]] std::filesystem::path Path(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> List(std::string_view name) const;  ///< "a, b" -> {"a", "b"}

  /// Every setting that counts, as a file that Load() reads, each with its source; secrets are hidden.
  [[nodiscard]] std::string Describe() const;

 private:
  [[nodiscard]] const std::string& Value(std::string_view name, Setting::Kind kind) const;

  std::map<std::string, SettingValue, std::less<>> values_;  // One of every Known() name.
};

/// "250ms", "30s", "5m", "24h": for durations inside lists.
[[nodiscard]] std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text);

/// This process's environment, as Config::Load() takes it.
[[nodiscard]] std::map<std::string, std::string> Environment();

}  // namespace hotline::platform
