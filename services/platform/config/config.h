#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

namespace hotline::platform {

/// A setting there is: its name, its default and what it is for. `hotline up --help` and the READMEs list them.
struct Setting {
  enum class Kind { kText, kInteger, kReal, kDuration, kBoolean, kPath };
  std::string_view name;           ///< "data_dir": HOTLINE_DATA_DIR in the environment, data_dir in the file.
  Kind kind = Kind::kText;
  std::string_view default_value;
  std::string_view help;
};

/// The settings of a process: defaults, then the file (key = value lines; # comments), then the environment
/// (HOTLINE_<NAME>), then what the command line says. Immutable, thread-safe.
class Config {
 public:
  /// INVALID_ARGUMENT lists every unknown name (with the nearest known one) and every bad value, each with its source.
  static absl::StatusOr<Config> Load(const std::filesystem::path& file, const std::map<std::string, std::string>& environment,
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

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace hotline::platform
