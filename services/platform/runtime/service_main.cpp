#include "platform/runtime/service_main.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include <CLI/CLI.hpp>

#include "platform/runtime/process.h"
#include "platform/runtime/stop_signals.h"
#include "platform/telemetry/log.h"

namespace hotline::platform {
namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kWrongUse = 2;

std::string OptionName(const Setting& setting) {
  std::string name{setting.name};
  std::replace(name.begin(), name.end(), '_', '-');
  return setting.name == "data_dir" ? "--data-dir,--data" : "--" + name;
}

std::string OptionHelp(const Setting& setting) {
  std::string help{setting.help};
  if (!setting.choices.empty()) help += " (" + std::string{setting.choices} + ")";
  if (!setting.default_value.empty()) help += " [" + std::string{setting.default_value} + "]";
  return help;
}

LogLevel LevelNamed(std::string_view name) {
  if (name == "debug") return LogLevel::kDebug;
  if (name == "warning") return LogLevel::kWarning;
  if (name == "error") return LogLevel::kError;
  return LogLevel::kInfo;
}

LogFormat FormatNamed(std::string_view name) {
  if (name == "human") return LogFormat::kHuman;
  if (name == "json") return LogFormat::kJson;
  return LogFormat::kAuto;
}

int Complain(std::string_view name, const absl::Status& status, int exit_status) {
  std::cerr << name << ": " << status.message() << "\n";
  return exit_status;
}

}  // namespace

void AddSettingOptions(CLI::App& app, SettingOptions& options) {
  app.add_option("--config", options.file, "file of settings, name = value a line")->envname("HOTLINE_CONFIG");
  app.add_flag("--check-config", options.check, "print the settings in force and where each comes from, and end");
  for (const Setting& setting : Config::Known()) {
    const auto take = [&options, name = std::string{setting.name}](const std::string& value) {
      options.overrides[name] = value;
    };
    CLI::Option* option = app.add_option_function<std::string>(OptionName(setting), take, OptionHelp(setting));
    option->type_name(setting.kind == Setting::Kind::kBoolean ? "true|false" : "VALUE")->group("Settings");
  }
}

absl::StatusOr<Config> LoadConfig(const SettingOptions& options) {
  return Config::Load(options.file, Environment(), options.overrides);
}

int Serve(std::string_view name, const SettingOptions& options, const std::vector<ModuleFactory>& factories,
          const std::function<void(Process&)>& on_serving) {
  StopSignals signals;
  const absl::StatusOr<Config> config = LoadConfig(options);
  if (!config.ok()) return Complain(name, config.status(), kWrongUse);
  if (options.check) {
    std::cout << config->Describe() << std::flush;
    return kDone;
  }
  SetLogLevel(LevelNamed(config->Text("log_level")));
  SetLogFormat(FormatNamed(config->Text("log_format")));

  absl::StatusOr<std::unique_ptr<Process>> process = Process::Start(*config, factories);
  if (!process.ok()) return Complain(name, process.status(), kFailed);
  if (on_serving) on_serving(**process);
  signals.Wait();
  (*process)->Stop();
  return kDone;
}

int Migrate(std::string_view name, const SettingOptions& options, const std::vector<ModuleFactory>& factories,
            std::optional<std::int64_t> to) {
  const absl::StatusOr<Config> config = LoadConfig(options);
  if (!config.ok()) return Complain(name, config.status(), kWrongUse);
  SetLogLevel(LevelNamed(config->Text("log_level")));
  SetLogFormat(FormatNamed(config->Text("log_format")));
  const absl::Status migrated = Process::Migrate(*config, factories, to);
  return migrated.ok() ? kDone : Complain(name, migrated, kFailed);
}

int ServiceMain(std::string_view name, int argc, char** argv, const std::vector<ModuleFactory>& factories,
                const std::function<void(Process&)>& on_serving) {
  CLI::App app{"Hotline, the service " + std::string{name} +
               ". Every setting can also stand in the file (data_dir = …) or the environment (HOTLINE_DATA_DIR)."};
  SettingOptions options;
  AddSettingOptions(app, options);
  CLI::App* const migrate = app.add_subcommand("migrate", "bring the database's schema up to date, and end");
  std::optional<std::int64_t> to;
  migrate->add_option("--to", to, "the service's migration to go to, up or down; 0: before the first");
  migrate->fallthrough();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == kDone ? kDone : kWrongUse;
  }
  if (migrate->parsed()) return Migrate(name, options, factories, to);
  return Serve(name, options, factories, on_serving);
}

}  // namespace hotline::platform
