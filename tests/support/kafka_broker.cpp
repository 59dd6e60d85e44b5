#include "support/kafka_broker.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace hotline::tests {
namespace {

constexpr std::chrono::seconds kPatience{60};  // The first start of all fetches the broker.

bool TakesConnections(const std::string& address) {
  const std::size_t colon = address.find(':');
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
  inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connected = connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0;
  close(fd);
  return connected;
}

}  // namespace

KafkaBroker::KafkaBroker(std::filesystem::path folder) : folder_{std::move(folder)} {}

void KafkaBroker::Start() {
  std::filesystem::create_directories(folder_);
  const std::string script = std::string{HOTLINE_SOURCE_DIR} + "/deploy/kafka/broker";
  const std::string log = folder_ / "broker.log";
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    dup2(open("/dev/null", O_RDONLY), 0);
    const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(out, 1);
    dup2(out, 2);
    execl(script.c_str(), script.c_str(), "run", folder_.c_str(), nullptr);
    _exit(127);
  }
  const auto end = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    std::ifstream{folder_ / "address"} >> address_;
    if (!address_.empty() && TakesConnections(address_)) return;
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      throw std::runtime_error{"the broker ended; see " + log};
    }
    if (std::chrono::steady_clock::now() > end) throw std::runtime_error{"the broker does not answer; see " + log};
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
}

void KafkaBroker::Kill() { End(SIGKILL); }

void KafkaBroker::Stop() { End(SIGTERM); }

void KafkaBroker::End(int signal) {
  if (pid_ < 0) return;
  kill(pid_, signal);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

}  // namespace hotline::tests
