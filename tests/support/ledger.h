#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <grpcpp/channel.h>

namespace hotline::tests {

/// What clients were promised, kept outside of the system: message number -> case number. Thread-safe.
class Ledger {
 public:
  void Acknowledged(int number, const std::string& case_no);
  [[nodiscard]] std::map<int, std::string> cases() const;

 private:
  mutable std::mutex mutex_;
  std::map<int, std::string> cases_;
};

/// Files messages until told to stop, repeating each under its request_id until it is acknowledged. Several threads may
/// share `next`.
void FileUntil(const std::shared_ptr<grpc::Channel>& channel, const std::atomic<bool>& stop, std::atomic<int>& next,
               Ledger& ledger);

/// Holds the record against the ledger: every acknowledged message is one case, at rest, with no more effects than one
/// (cases, assessments, follow-ups, changes of a case), and there is no case that nobody was promised. Waits for what
/// is still under way; each difference is a test failure.
void ExpectOnce(const std::shared_ptr<grpc::Channel>& channel, const Ledger& ledger);

}  // namespace hotline::tests
