#pragma once

namespace CLI {
class App;
}

/// Each adds one command to the program. Its callback throws Failure (failure.h) to end with status 1 or 2.
namespace hotline::commands {

void AddUp(CLI::App& program);
void AddMigrate(CLI::App& program);
void AddReplay(CLI::App& program);
void AddFile(CLI::App& program);
void AddClassify(CLI::App& program);
void AddEmotion(CLI::App& program);
void AddSatisfaction(CLI::App& program);
void AddAsk(CLI::App& program);
void AddKnowledge(CLI::App& program);
void AddCases(CLI::App& program);
void AddFollowUps(CLI::App& program);
void AddMetrics(CLI::App& program);
void AddAlerts(CLI::App& program);
void AddConduct(CLI::App& program);
void AddDeadLetters(CLI::App& program);
void AddReport(CLI::App& program);
void AddHealth(CLI::App& program);
void AddFeedback(CLI::App& program);
void AddCompare(CLI::App& program);

}  // namespace hotline::commands
