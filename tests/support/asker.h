#pragma once

#include <hotline/knowledge/v1/knowledge_service.grpc.pb.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <grpcpp/channel.h>

namespace hotline::tests {

/// A knowledge owner and the agents who ask: publishes articles, supersedes and retires them, and asks every copy of
/// the service all the while. Expects that what rules is served within 2 s of its OK, that what ended, was superseded
/// or retired is not served from 2 s after its OK on (promise 4), and that every question is answered within
/// `patience`. A thread of its own, until Stop().
class Asker {
 public:
  /// `copies`: a channel to each. `name` keeps the articles of several apart.
  Asker(const std::vector<std::shared_ptr<grpc::Channel>>& copies, std::string name,
        std::chrono::milliseconds patience);
  ~Asker() { Stop(); }
  Asker(const Asker&) = delete;
  Asker& operator=(const Asker&) = delete;

  /// Asks once more for all that may not be served, and ends.
  void Stop();

  [[nodiscard]] int asked() const { return asked_; }
  /// Articles that came, changed and went.
  [[nodiscard]] int lives() const { return lives_; }
  [[nodiscard]] std::chrono::milliseconds longest() const { return std::chrono::milliseconds{longest_ms_}; }

 private:
  struct Ended {
    std::string id;
    std::string question;
    std::int64_t version;  ///< The last one that may not be served.
    std::chrono::steady_clock::time_point since;
  };

  void Run();
  void Publish(int number, const std::string& from, const std::string& to);
  void ExpectServed(int number, std::int64_t version);
  void ExpectNotServed();
  knowledge::v1::AskResponse Ask(std::size_t copy, const std::string& question);

  const std::string name_;
  const std::chrono::milliseconds patience_;
  std::vector<std::unique_ptr<knowledge::v1::KnowledgeService::Stub>> copies_;
  std::vector<Ended> ended_;
  std::atomic<int> asked_ = 0;
  std::atomic<int> lives_ = 0;
  std::atomic<std::int64_t> longest_ms_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;  // Last: it uses the others.
};

}  // namespace hotline::tests
