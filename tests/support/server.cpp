#include "support/server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/security/credentials.h>

namespace hotline::tests {
namespace {

const std::string kProgram = std::string{HOTLINE_BINARY_DIR} + "/hotline";

pid_t Spawn(const std::vector<std::string>& arguments, const std::string& out, const std::string& err) {
  std::vector<char*> argv;
  argv.push_back(const_cast<char*>(kProgram.c_str()));
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t pid = fork();
  if (pid != 0) return pid;
  const int in_fd = open("/dev/null", O_RDONLY);
  const int out_fd = open(out.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  const int err_fd = open(err.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(in_fd, 0);
  dup2(out_fd, 1);
  dup2(err_fd, 2);
  execv(kProgram.c_str(), argv.data());
  _exit(127);
}

std::string Slurp(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

int ExitStatus(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "hotline-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"no temporary directory"};
  path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(any);
  if (bind(fd, reinterpret_cast<sockaddr*>(&any), size) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&any), &size) != 0) {
    throw std::runtime_error{"no free port"};
  }
  close(fd);
  return ntohs(any.sin_port);
}

Server::Server(std::filesystem::path data)
    : data_{std::move(data)}, address_{"127.0.0.1:" + std::to_string(FreePort())} {}

Server::~Server() { Stop(); }

void Server::Start() {
  std::filesystem::create_directories(data_);
  pid_ = Spawn({"up", "--data", data_.string(), "--listen", address_, "--metrics-listen", "127.0.0.1:0", "--log-level",
                "warning"},
               (data_ / "out.log").string(), (data_ / "err.log").string());
  const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!NewChannel()->WaitForConnected(std::chrono::system_clock::now() + std::chrono::milliseconds{200})) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      throw std::runtime_error{"hotline up ended: " + Slurp(data_ / "err.log")};
    }
    if (std::chrono::steady_clock::now() > patience) throw std::runtime_error{"hotline up does not answer"};
  }
}

void Server::Kill() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

int Server::Stop() {
  if (pid_ < 0) return 0;
  kill(pid_, SIGTERM);
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return ExitStatus(status);
}

std::shared_ptr<grpc::Channel> Server::NewChannel() const { return PatientChannel(address_); }

std::shared_ptr<grpc::Channel> PatientChannel(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5'000);  // This is how long one try to connect may take.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

CommandResult RunHotline(const std::vector<std::string>& arguments) {
  const TemporaryDirectory directory;
  const auto out = directory.path() / "out";
  const auto err = directory.path() / "err";
  const pid_t pid = Spawn(arguments, out.string(), err.string());
  int status = 0;
  waitpid(pid, &status, 0);
  return {.status = ExitStatus(status), .out = Slurp(out), .err = Slurp(err)};
}

}  // namespace hotline::tests
