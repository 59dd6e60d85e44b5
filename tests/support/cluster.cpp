#include "support/cluster.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>

#include "support/server.h"

namespace hotline::tests {
namespace {

const std::string kScript = std::string{HOTLINE_SOURCE_DIR} + "/deploy/cluster";

/// What a command of the shell wrote; throws when it fails, with all it said.
std::string Run(const std::string& command) {
  FILE* const pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error{"cannot run " + command};
  std::string text;
  std::array<char, 4096> buffer{};
  for (std::size_t got = 0; (got = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) text.append(buffer.data(), got);
  if (pclose(pipe) != 0) throw std::runtime_error{command + ": " + text};
  return text;
}

std::string FirstLine(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::string line;
  std::getline(in, line);
  return line;
}

bool Alive(pid_t pid) {
  const std::string stat = FirstLine("/proc/" + std::to_string(pid) + "/stat");
  return !stat.empty() && !absl::StrContains(stat, ") Z ");
}

std::vector<pid_t> WithChildren(pid_t pid) {
  std::vector<pid_t> family{pid};
  std::ifstream children{absl::StrCat("/proc/", pid, "/task/", pid, "/children")};
  for (pid_t child = 0; children >> child;) family.push_back(child);
  return family;
}

std::chrono::nanoseconds ModifiedAt(const std::filesystem::path& file) {
  struct stat info {};
  if (stat(file.c_str(), &info) != 0) throw std::runtime_error{"there is no " + file.string()};
  return std::chrono::seconds{info.st_mtim.tv_sec} + std::chrono::nanoseconds{info.st_mtim.tv_nsec};
}

}  // namespace

std::filesystem::path Cluster::Place() {
  return std::filesystem::temp_directory_path() / absl::StrCat("hotline-cluster-", getpid());
}

Cluster::Cluster(const std::string& flags) : directory_{Place()}, flags_{flags} { Up(); }

Cluster::~Cluster() {
  try {
    Run(absl::StrCat(kScript, " down --wipe --dir ", directory_.string()));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());  // What a test has shown stands.
  }
}

void Cluster::Up(const std::string& flags) {
  flags_ = flags;
  Up();
}

void Cluster::Up() {
  Run(absl::StrCat(kScript, " up --dir ", directory_.string(), " --build ", HOTLINE_BINARY_DIR, " ", flags_));
  address_ = FirstLine(directory_ / "front" / "address");
}

void Cluster::BringBack(const std::string& name) {
  while (Runs(name)) std::this_thread::sleep_for(std::chrono::milliseconds{5});
  try {
    Up();
  } catch (const std::exception&) {
    Up();  // It came to its place while it started; the file is gone now.
  }
}

void Cluster::Down() { Run(absl::StrCat(kScript, " down --dir ", directory_.string())); }

std::vector<std::string> Cluster::Copies() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator{directory_}) {
    if (std::filesystem::exists(entry.path() / "data" / "LOCK")) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

pid_t Cluster::PidOf(const std::string& name) const {
  const std::string line = FirstLine(directory_ / name / "process");
  if (line.empty()) throw std::runtime_error{name + " has no process"};
  return std::stoi(line);
}

void Cluster::Signal(const std::string& name, int signal) const { kill(PidOf(name), signal); }

void Cluster::Freeze(const std::string& name) const {
  Signal(name, SIGSTOP);  // It makes no new children while they are counted.
  for (const pid_t process : WithChildren(PidOf(name))) kill(process, SIGSTOP);
}

void Cluster::Thaw(const std::string& name) const {
  for (const pid_t process : WithChildren(PidOf(name))) kill(process, SIGCONT);
}

void Cluster::Kill(const std::string& name) const {
  Signal(name, SIGSTOP);
  const std::vector<pid_t> family = WithChildren(PidOf(name));
  for (const pid_t process : family) kill(process, SIGKILL);
  while (std::any_of(family.begin(), family.end(), Alive)) std::this_thread::sleep_for(std::chrono::milliseconds{2});
}

bool Cluster::Runs(const std::string& name) const { return Alive(PidOf(name)); }

void Cluster::CrashNextTime(const std::string& name, const std::string& place, int n) const {
  std::ofstream{directory_ / name / "data" / "crash_at"} << place << ' ' << n << '\n';
}

void Cluster::Sabotage(const std::string& name, const std::string& promise) const {
  const auto file = directory_ / name / "data" / "sabotage";
  if (promise.empty()) {
    std::filesystem::remove(file);
  } else {
    std::ofstream{file} << promise << '\n';
  }
}

std::string Cluster::AddressOf(const std::string& name) const { return FirstLine(directory_ / name / "address"); }

std::chrono::milliseconds Cluster::StartupOf(const std::string& name) const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(ModifiedAt(directory_ / name / "data" / "LOCK") -
                                                               ModifiedAt(directory_ / name / "process"));
}

double Cluster::Metric(const std::string& name, const std::string& metric) const {
  std::istringstream lines{
      Run(absl::StrCat("curl -sf --max-time 5 http://", FirstLine(directory_ / name / "metrics"), "/metrics"))};
  double sum = 0;
  for (std::string line; std::getline(lines, line);) {
    const bool named = absl::StartsWith(line, metric + "{") || absl::StartsWith(line, metric + " ");
    if (named) sum += std::stod(line.substr(line.rfind(' ') + 1));
  }
  return sum;
}

double Cluster::Sum(const std::string& metric) const {
  double sum = 0;
  for (const std::string& name : Copies()) sum += Metric(name, metric);
  return sum;
}

std::shared_ptr<grpc::Channel> Cluster::NewChannel() const { return PatientChannel(address_); }

}  // namespace hotline::tests
