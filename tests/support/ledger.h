#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <grpcpp/channel.h>

namespace hotline::tests {

/// What clients were promised about the messages of one site, kept outside of the system: message number -> case
/// number. Others may file at other sites meanwhile. Thread-safe.
class Ledger {
 public:
  explicit Ledger(std::string site = "yunzhou") : site_{std::move(site)} {}

  void Acknowledged(int number, const std::string& case_no);
  [[nodiscard]] std::map<int, std::string> cases() const;
  /// Messages that were promised two cases.
  [[nodiscard]] std::vector<std::string> contradictions() const;
  [[nodiscard]] const std::string& site() const { return site_; }

 private:
  const std::string site_;
  mutable std::mutex mutex_;
  std::map<int, std::string> cases_;
  std::vector<std::string> contradictions_;
};

/// Files messages until told to stop, repeating each under its request_id until it is acknowledged. Several threads may
/// share `next`.
void FileUntil(const std::shared_ptr<grpc::Channel>& channel, const std::atomic<bool>& stop, std::atomic<int>& next,
               Ledger& ledger);

/// Holds the record against the ledger: every acknowledged message is one case, at rest, with no more effects than one
/// (cases, assessments, follow-ups, changes of a case), and there is no case that nobody was promised. Waits up to
/// `patience` for what is still under way. Returns what differs: nothing, where every promise was kept.
[[nodiscard]] std::vector<std::string> RecordDifferences(const std::shared_ptr<grpc::Channel>& channel,
                                                         const Ledger& ledger,
                                                         std::chrono::seconds patience = std::chrono::seconds{90});

}  // namespace hotline::tests
