#include "bench/support/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace hotline::bench {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{60};
constexpr std::chrono::milliseconds kLook{100};
constexpr std::chrono::seconds kQuietPatience{10};

std::string FirstLine(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::string line;
  std::getline(in, line);
  return line;
}

}  // namespace

Child::Child(const std::string& program, const std::vector<std::string>& arguments, std::filesystem::path folder,
             const Settings& settings)
    : folder_{std::move(folder)} {
  std::filesystem::create_directories(folder_);
  const std::string log = folder_ / "log";
  std::vector<char*> argv{const_cast<char*>(program.c_str())};
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(out, 1);
    dup2(out, 2);
    for (const auto& [name, value] : settings) setenv(("HOTLINE_" + name).c_str(), value.c_str(), 1);
    execv(program.c_str(), argv.data());
    _exit(127);
  }
  const auto end = steady_clock::now() + kPatience;
  while ((address_ = FirstLine(folder_ / "LOCK")).empty()) {
    if (waitpid(pid_, nullptr, WNOHANG) == pid_ || steady_clock::now() > end) {
      std::ostringstream said;
      said << std::ifstream{log}.rdbuf();
      throw std::runtime_error{program + " does not serve: " + said.str()};
    }
    std::this_thread::sleep_for(kLook);
  }
}

Child::~Child() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

long Child::Ticks() const {
  std::string stat = FirstLine("/proc/" + std::to_string(pid_) + "/stat");
  std::istringstream rest{stat.substr(stat.rfind(')') + 2)};
  std::string skipped;
  for (int field = 3; field < 14; ++field) rest >> skipped;
  long user = 0;
  long system = 0;
  rest >> user >> system;
  return user + system;
}

void Child::AwaitQuiet() const {
  const auto end = steady_clock::now() + kQuietPatience;
  for (long before = Ticks(); steady_clock::now() < end;) {
    std::this_thread::sleep_for(3 * kLook);
    const long now = Ticks();
    if (now - before <= 1) return;
    before = now;
  }
}

}  // namespace hotline::bench
