#pragma once

#include <hotline/intake/v1/intake_service.grpc.pb.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <absl/status/status.h>
#include <grpcpp/client_context.h>

namespace hotline::replay {

/// Reads WatchCall of one call on a thread of its own and remembers what came; resumes from its cursor after a cut.
class Watcher {
 public:
  using Deadline = std::chrono::steady_clock::time_point;

  Watcher(intake::v1::IntakeService::StubInterface& stub, std::string call_id);
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  /// Until the final risk of `turn` has come. DEADLINE_EXCEEDED.
  absl::Status AwaitAssessment(int turn, Deadline deadline);
  /// Until the call is settled. DEADLINE_EXCEEDED.
  absl::Status AwaitSettled(Deadline deadline);

  /// Everything so far, in order. After AwaitSettled() nothing follows.
  [[nodiscard]] std::vector<intake::v1::WatchCallResponse> Entries() const;

 private:
  void Run();
  void ReadOneStream();
  void Take(const intake::v1::WatchCallResponse& entry);
  absl::Status Await(Deadline deadline, const std::string& what, const std::function<bool()>& come);

  intake::v1::IntakeService::StubInterface& stub_;
  const std::string call_id_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<intake::v1::WatchCallResponse> entries_;
  std::set<int> assessed_;
  std::int64_t cursor_ = 0;
  bool settled_ = false;
  bool stopping_ = false;
  absl::Status status_;
  grpc::ClientContext* context_ = nullptr;  ///< Of the open stream.
  std::thread thread_;                      // Last: it uses every field above.
};

}  // namespace hotline::replay
