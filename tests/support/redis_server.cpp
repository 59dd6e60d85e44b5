#include "support/redis_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>

namespace hotline::tests {
namespace {

constexpr std::chrono::seconds kPatience{20};

struct Free {
  void operator()(redisContext* context) const { redisFree(context); }
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(any);
  const bool bound = bind(fd, reinterpret_cast<sockaddr*>(&any), size) == 0 &&
                     getsockname(fd, reinterpret_cast<sockaddr*>(&any), &size) == 0;
  close(fd);
  if (!bound) throw std::runtime_error{"no free port"};
  return ntohs(any.sin_port);
}

std::string Text(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_NIL: return "(nil)";
    case REDIS_REPLY_INTEGER: return std::to_string(reply.integer);
    case REDIS_REPLY_ARRAY: {
      std::string lines;
      for (std::size_t i = 0; i < reply.elements; ++i) lines += Text(*reply.element[i]) + "\n";
      return lines;
    }
    default: return {reply.str, reply.len};
  }
}

}  // namespace

RedisServer::RedisServer(std::filesystem::path folder, std::string password)
    : folder_{std::move(folder)}, password_{std::move(password)} {}

void RedisServer::Start() {
  std::filesystem::create_directories(folder_);
  if (port_ == 0) {
    port_ = FreePort();
    address_ = "127.0.0.1:" + std::to_string(port_);
  }
  std::vector<std::string> words = {
      "redis-server", "--bind",    "127.0.0.1",          "--port", std::to_string(port_), "--save", "", "--dir",
      folder_,        "--logfile", folder_ / "redis.log"};
  if (!password_.empty()) words.insert(words.end(), {"--requirepass", password_});
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int nothing = open("/dev/null", O_RDWR);
    for (const int fd : {0, 1, 2}) dup2(nothing, fd);
    execvp(arguments.front(), arguments.data());
    _exit(127);
  }
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!Answers()) {
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      throw std::runtime_error{"redis-server ended; see " + (folder_ / "redis.log").string()};
    }
    if (std::chrono::steady_clock::now() > end) throw std::runtime_error{"redis-server does not answer"};
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
}

bool RedisServer::Answers() const {
  try {
    return Ask({"PING"}) == "PONG";
  } catch (const std::runtime_error&) {
    return false;
  }
}

void RedisServer::Kill() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void RedisServer::Pause() {
  kill(pid_, SIGSTOP);
  waitpid(pid_, nullptr, WUNTRACED);  // From here on it does not answer.
}

void RedisServer::Resume() { kill(pid_, SIGCONT); }

std::string RedisServer::Ask(const std::vector<std::string>& words) const {
  const std::unique_ptr<redisContext, Free> connection{redisConnect("127.0.0.1", port_)};
  if (connection == nullptr || connection->err != 0) throw std::runtime_error{"no connection to redis-server"};
  const auto ask = [&](const std::vector<std::string>& command) {
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const std::string& word : command) {
      texts.push_back(word.data());
      sizes.push_back(word.size());
    }
    const std::unique_ptr<redisReply, Free> reply{static_cast<redisReply*>(
        redisCommandArgv(connection.get(), static_cast<int>(texts.size()), texts.data(), sizes.data()))};
    if (reply == nullptr) throw std::runtime_error{"redis-server does not answer"};
    return Text(*reply);
  };
  if (!password_.empty()) ask({"AUTH", password_});
  return ask(words);
}

}  // namespace hotline::tests
