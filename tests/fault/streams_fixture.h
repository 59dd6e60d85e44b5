#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "platform/bus/bus.h"
#include "platform/bus/topics.h"
#include "platform/security/sealer.h"
#include "support/cluster.h"
#include "support/ledger.h"

namespace hotline::tests {

/// A real cluster, and a way onto its bus beside its services: what this test appends, they read.
class StreamsTest : public testing::Test {
 protected:
  static constexpr std::size_t kMessages = 60;

  static void SetUpTestSuite();
  static void TearDownTestSuite();

  /// Messages of the ledger's site while `meanwhile` runs, and kMessages after it.
  template <typename Meanwhile>
  static void File(Ledger& ledger, Meanwhile meanwhile) {
    std::atomic<bool> stop = false;
    std::atomic<int> next = 0;
    std::vector<std::thread> clients;
    for (int i = 0; i < 2; ++i)
      clients.emplace_back(
          [&] { FileUntil(cluster_->NewChannel(), stop, next, ledger, {.pause = std::chrono::milliseconds{100}}); });
    meanwhile();
    const std::size_t enough = ledger.cases().size() + kMessages;
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (ledger.cases().size() < enough && std::chrono::steady_clock::now() < patience) {
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    stop = true;
    for (auto& client : clients) client.join();
  }

  static void Append(std::string_view topic, const std::vector<platform::Event>& events);
  static std::vector<platform::Event> Read(std::string_view topic);
  /// Everybody has read everything.
  static void AwaitReaders();

  /// An event of intake's, sealed unless told otherwise.
  static platform::Event FromIntake(std::string type, std::string key, std::uint64_t sequence,
                                    const std::string& payload, bool sealed = true);

  static inline std::unique_ptr<Cluster> cluster_;
  static inline std::unique_ptr<platform::Bus> bus_;
  static inline std::unique_ptr<platform::Sealer> sealer_;
};

}  // namespace hotline::tests
