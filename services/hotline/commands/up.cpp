#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "hotline/cli/connection.h"
#include "hotline/cli/failure.h"
#include "hotline/commands/commands.h"
#include "hotline/modules.h"
#include "platform/runtime/process.h"
#include "platform/runtime/service_main.h"

namespace hotline::commands {
namespace {

void Greet(platform::Process& process, bool demo) {
  if (demo) cli::OrFail(cli::LoadDemoKnowledge(process.channel()));
  std::cout << "hotline is up at " << process.address()
            << (process.metrics_address().empty() ? ""
                                                  : ", metrics at http://" + process.metrics_address() + "/metrics")
            << "\n  for example: hotline cases list --address " << process.address() << "\n  Ctrl-C stops it"
            << std::endl;
}

}  // namespace

void AddUp(CLI::App& program) {
  auto* const command = program.add_subcommand("up", "Start all five services in this process; Ctrl-C stops them");
  command->footer("Every setting can also stand in the file (data_dir = …) or the environment (HOTLINE_DATA_DIR).");
  auto options = std::make_shared<platform::SettingOptions>();
  platform::AddSettingOptions(*command, *options);
  command->callback([options] {
    const auto config = cli::OrFail(platform::LoadConfig(*options));
    const int status =
        platform::Serve("hotline", *options, AllModules(),
                        [demo = config.Boolean("demo")](platform::Process& process) { Greet(process, demo); });
    if (status != 0) throw CLI::RuntimeError{status};
  });
}

void AddMigrate(CLI::App& program) {
  auto* const command = program.add_subcommand("migrate", "Bring the schemas of all five services up to date, and end");
  command->footer(
      "Before an upgrade, once for all replicas; `hotline-intake migrate --to N` moves one service's alone.");
  auto options = std::make_shared<platform::SettingOptions>();
  platform::AddSettingOptions(*command, *options);
  command->callback([options] {
    const int status = platform::Migrate("hotline", *options, AllModules(), std::nullopt);
    if (status != 0) throw CLI::RuntimeError{status};
  });
}

}  // namespace hotline::commands
