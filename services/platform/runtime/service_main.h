#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

#include "platform/config/config.h"
#include "platform/runtime/module.h"

namespace CLI {
class App;
}

namespace hotline::platform {

class Process;

/// What a command line says about the settings.
struct SettingOptions {
  std::filesystem::path file;  ///< --config, else HOTLINE_CONFIG; empty: none.
  std::map<std::string, std::string> overrides;
  bool check = false;  ///< --check-config: print the settings and end.
};

/// Adds --config, --check-config and one option a known setting (--data-dir, also --data) to `app`.
/// `options` must outlive the parsing.
void AddSettingOptions(CLI::App& app, SettingOptions& options);

/// The settings these options, the environment and the file make.
[[nodiscard]] absl::StatusOr<Config> LoadConfig(const SettingOptions& options);

/// Loads the settings, serves the modules until SIGINT or SIGTERM, and stops in order: NOT_SERVING, drain, consumers,
/// server, workers, relay, flush. A second signal ends the process at once. `on_serving` (may be null) runs
/// once the process serves, before the wait. To be called before any thread is made.
///
/// Returns the exit status: 0 done, 1 could not start, 2 a bad setting; each is named on standard error.
int Serve(std::string_view name, const SettingOptions& options, const std::vector<ModuleFactory>& factories,
          const std::function<void(Process&)>& on_serving = nullptr);

/// Brings the databases of the services up to date (Process::Migrate). Returns the exit status, as Serve().
int Migrate(std::string_view name, const SettingOptions& options, const std::vector<ModuleFactory>& factories,
            std::optional<std::int64_t> to);

/// The main() of a service: parses the command line and serves, or migrates: `hotline-intake migrate [--to N]`.
int ServiceMain(std::string_view name, int argc, char** argv, const std::vector<ModuleFactory>& factories,
                const std::function<void(Process&)>& on_serving = nullptr);

}  // namespace hotline::platform
