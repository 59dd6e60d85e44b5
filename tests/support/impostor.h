#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace hotline::tests {

/// Takes connections in place of a server, and says to whatever comes what it was told to say: the n-th guest hears the
/// n-th script, a line of it to each thing it says, and then nothing any more.
class Impostor {
 public:
  using Script = std::vector<std::string>;

  /// `port`: 0 for any free one; throws when it is taken.
  explicit Impostor(std::vector<Script> scripts, int port = 0);
  ~Impostor();
  Impostor(const Impostor&) = delete;
  Impostor& operator=(const Impostor&) = delete;

  [[nodiscard]] const std::string& address() const { return address_; }
  /// Guests that have left.
  [[nodiscard]] int served() const { return served_; }

 private:
  void Run();
  void Serve(int guest, const Script& script);

  const std::vector<Script> scripts_;
  const int door_;
  std::string address_;
  std::atomic<int> served_ = 0;
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> guests_;  // Of the thread alone.
  std::thread thread_;
};

}  // namespace hotline::tests
