#include "hotline/commands/commands.h"

#include <CLI/CLI.hpp>

namespace hotline::commands {

void AddUp(CLI::App& program) {
  // Only for the list of commands: main() hands `up` and its flags to the platform's ServiceMain, as every service
  // does.
  program.add_subcommand("up", "Start all five services in this process; Ctrl-C stops them");
}

}  // namespace hotline::commands
