#include "support/impostor.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>

namespace hotline::tests {

Impostor::Impostor(std::vector<Script> scripts, int port)
    : scripts_{std::move(scripts)}, door_{socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const int again = 1;  // What a killed server left half closed is no hindrance.
  setsockopt(door_, SOL_SOCKET, SO_REUSEADDR, &again, sizeof again);
  if (bind(door_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(door_, 64) != 0 ||
      getsockname(door_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    close(door_);
    throw std::runtime_error{"no impostor"};
  }
  address_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  thread_ = std::thread{[this] { Run(); }};
}

Impostor::~Impostor() {
  stopping_ = true;
  shutdown(door_, SHUT_RDWR);
  thread_.join();
  close(door_);
}

void Impostor::Run() {
  for (std::size_t n = 0;; ++n) {
    const int guest = accept4(door_, nullptr, nullptr, SOCK_CLOEXEC);
    if (guest < 0) break;
    guests_.emplace_back([this, guest, n] { Serve(guest, scripts_[n % scripts_.size()]); });
  }
  for (std::thread& guest : guests_) guest.join();
}

void Impostor::Serve(int guest, const Script& script) {
  const timeval patience{.tv_sec = 0, .tv_usec = 200'000};
  setsockopt(guest, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(guest, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  std::size_t line = 0;
  std::array<char, 4096> heard{};
  while (!stopping_) {
    const ssize_t got = recv(guest, heard.data(), heard.size(), 0);
    if (got == 0 || (got < 0 && errno != EAGAIN)) break;
    if (got > 0 && line < script.size()) {
      static_cast<void>(send(guest, script[line].data(), script[line].size(), MSG_NOSIGNAL));
      ++line;
    }
  }
  close(guest);
  ++served_;
}

}  // namespace hotline::tests
