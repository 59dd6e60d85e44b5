// The `hotline` program: every service in one process (`up`), and the client commands.
#include <iostream>
#include <string>

#include <CLI/CLI.hpp>

#include "hotline/cli/failure.h"
#include "hotline/commands/commands.h"

int main(int argc, char** argv) {
  using namespace hotline;
  CLI::App program{"Hotline turns complaints into improvement: the services of a 12345 hotline, and their client."};
  program.name("hotline");
  program.set_version_flag("--version", std::string{"hotline "} + HOTLINE_VERSION);
  program.require_subcommand(1);
  program.footer(
      "Client commands talk to --address, else HOTLINE_ADDRESS, else the default address of `hotline up`;\n"
      "--embedded starts everything inside the command. `hotline COMMAND --help` tells more.");
  commands::AddUp(program);
  commands::AddMigrate(program);
  commands::AddReplay(program);
  commands::AddFile(program);
  commands::AddReport(program);
  commands::AddClassify(program);
  commands::AddEmotion(program);
  commands::AddSatisfaction(program);
  commands::AddAsk(program);
  commands::AddKnowledge(program);
  commands::AddCases(program);
  commands::AddFollowUps(program);
  commands::AddMetrics(program);
  commands::AddAlerts(program);
  commands::AddConduct(program);
  commands::AddFeedback(program);
  commands::AddCompare(program);
  commands::AddHealth(program);
  commands::AddDeadLetters(program);
  try {
    program.parse(argc, argv);
  } catch (const CLI::RuntimeError& ended) {
    return ended.get_exit_code();  // The command has said why.
  } catch (const CLI::ParseError& problem) {
    const int status = program.exit(problem);
    return status == 0 ? 0 : 2;  // CLI11 numbers its errors; users are promised 2.
  } catch (const cli::Failure& failure) {
    std::cerr << "hotline: " << failure.what() << '\n';
    return failure.exit_status();
  } catch (const std::exception& bug) {
    std::cerr << "hotline: " << bug.what() << '\n';
    return 1;
  }
  return 0;
}
