#include "support/tcp_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

#include <absl/strings/str_format.h>

namespace hotline::tests {
namespace {

constexpr int kLookMilliseconds = 10;
constexpr std::size_t kMostBuffered = 256 * 1024;

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int OpenDoor() {
  const int door = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in any = Loopback(0);
  if (bind(door, reinterpret_cast<const sockaddr*>(&any), sizeof any) != 0 || listen(door, 128) != 0) {
    throw std::runtime_error{"no port for a proxy"};
  }
  return door;
}

int PortOf(int fd, decltype(getsockname)* which) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  return which(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0 ? ntohs(address.sin_port) : 0;
}

/// Of the loopback interface; -1 when nobody is there.
int Connect(const std::string& address) {
  const std::size_t colon = address.find(':');
  if (colon == std::string::npos) return -1;
  const sockaddr_in to = Loopback(std::stoi(address.substr(colon + 1)));
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) return fd;
  close(fd);
  return -1;
}

/// The other end of a connection to `port` from `peer`, as /proc/PID/fd names it.
std::string SocketOf(int peer, int port) {
  const std::string local = absl::StrFormat("0100007F:%04X", peer);
  const std::string remote = absl::StrFormat("0100007F:%04X", port);
  std::ifstream table{"/proc/net/tcp"};
  for (std::string line; std::getline(table, line);) {
    std::istringstream words{line};
    std::vector<std::string> row;
    for (std::string word; words >> word;) row.push_back(word);
    constexpr std::size_t kInode = 9;
    if (row.size() > kInode && row[1] == local && row[2] == remote) return "socket:[" + row[kInode] + "]";
  }
  return "";
}

void Reset(int fd) {
  if (fd < 0) return;
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(fd);
}

}  // namespace

/// One client and the server. Bytes of each go to the other.
struct TcpProxy::Connection {
  struct End {
    int fd = -1;
    std::string unsent;   // To this end.
    bool silent = false;  // It has said its last.
    bool told = false;    // It knows that the other has.
  };

  ~Connection() {
    Reset(client.fd);
    Reset(server.fd);
  }

  [[nodiscard]] bool over() const {
    return broken || (client.silent && server.silent && client.unsent.empty() && server.unsent.empty());
  }

  /// What is to be waited for at `end`.
  static pollfd Wish(const End& end, const End& other) {
    const bool hear = !end.silent && other.unsent.size() < kMostBuffered;
    const bool idle = end.silent && end.unsent.empty();  // It would only be told again and again that it is so.
    return {idle ? -1 : end.fd, static_cast<short>((hear ? POLLIN : 0) | (end.unsent.empty() ? 0 : POLLOUT)), 0};
  }

  void Move(End& end, End& other, short events) {
    if ((events & POLLIN) != 0) Hear(end, other);
    if ((events & POLLOUT) != 0) Say(end);
    if ((events & (POLLERR | POLLNVAL)) != 0) broken = true;
    if ((events & POLLHUP) != 0 && (events & POLLIN) == 0) end.silent = true;
    if (other.silent && end.unsent.empty() && !std::exchange(end.told, other.silent)) shutdown(end.fd, SHUT_WR);
  }

  void Hear(End& end, End& other) {
    std::array<char, 65'536> buffer;
    const ssize_t got = recv(end.fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got > 0) other.unsent.append(buffer.data(), static_cast<std::size_t>(got));
    if (got == 0) end.silent = true;
    if (got < 0 && errno != EAGAIN) broken = true;
  }

  void Say(End& end) {
    const ssize_t sent = send(end.fd, end.unsent.data(), end.unsent.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) end.unsent.erase(0, static_cast<std::size_t>(sent));
    if (sent < 0 && errno != EAGAIN) broken = true;
  }

  End client;
  End server;
  std::string owner;  // The client's socket.
  bool stalled = false;
  bool broken = false;
};

TcpProxy::TcpProxy(std::function<std::string()> server)
    : server_{std::move(server)},
      door_{OpenDoor()},
      port_{PortOf(door_, getsockname)},
      address_{"127.0.0.1:" + std::to_string(port_)},
      thread_{[this] { Run(); }} {}

TcpProxy::~TcpProxy() {
  stopping_ = true;
  thread_.join();
  close(door_);
}

void TcpProxy::Stall(pid_t process) { Set(Mode::kStall, process); }
void TcpProxy::Cut(pid_t process) { Set(Mode::kCut, process); }
void TcpProxy::Heal() { Set(Mode::kPass, 0); }

void TcpProxy::Set(Mode mode, pid_t process) {
  const std::lock_guard lock{mutex_};
  mode_ = mode;
  process_ = process;
  ReadSockets();
  for (const auto& connection : connections_) Judge(*connection);
}

void TcpProxy::ReadSockets() {
  sockets_.clear();
  if (mode_ == Mode::kPass) return;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator{absl::StrFormat("/proc/%d/fd", process_), ignored}) {
    sockets_.insert(std::filesystem::read_symlink(entry.path(), ignored).string());
  }
}

void TcpProxy::Judge(Connection& connection) {
  const bool parted = sockets_.contains(connection.owner);
  connection.stalled = parted && mode_ == Mode::kStall;
  if (parted && mode_ == Mode::kCut) connection.broken = true;
}

void TcpProxy::Accept() {
  auto connection = std::make_unique<Connection>();
  connection->client.fd = accept4(door_, nullptr, nullptr, SOCK_CLOEXEC);
  if (connection->client.fd < 0) return;
  connection->owner = SocketOf(PortOf(connection->client.fd, getpeername), port_);
  const std::lock_guard lock{mutex_};
  ReadSockets();
  Judge(*connection);
  connections_.push_back(std::move(connection));
}

void TcpProxy::Run() {
  while (!stopping_) {
    std::vector<pollfd> wishes{{door_, POLLIN, 0}};
    std::vector<Connection*> wishing;
    {
      const std::lock_guard lock{mutex_};
      connections_.remove_if([](const auto& connection) { return connection->over(); });
      for (const auto& connection : connections_) {
        if (connection->stalled) continue;
        if (connection->server.fd < 0) connection->server.fd = Connect(server_());
        if (connection->server.fd < 0) {
          connection->broken = true;
          continue;
        }
        wishing.push_back(connection.get());
        wishes.push_back(Connection::Wish(connection->client, connection->server));
        wishes.push_back(Connection::Wish(connection->server, connection->client));
      }
    }
    if (poll(wishes.data(), wishes.size(), kLookMilliseconds) <= 0) continue;
    if (wishes.front().revents != 0) Accept();
    const std::lock_guard lock{mutex_};
    for (std::size_t i = 0; i < wishing.size(); ++i) {
      Connection& one = *wishing[i];
      if (one.stalled || one.broken) continue;
      one.Move(one.client, one.server, wishes[1 + 2 * i].revents);
      one.Move(one.server, one.client, wishes[2 + 2 * i].revents);
    }
  }
}

}  // namespace hotline::tests
