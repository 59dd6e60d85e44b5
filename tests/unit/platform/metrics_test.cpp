// What was counted can be scraped.
#include "platform/telemetry/metrics.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rpc_desk.h"

namespace hotline::platform {
namespace {

using testing::HasSubstr;

/// The answer to GET /metrics, headers and all.
std::string Scrape(const std::string& address) {
  const auto colon = address.rfind(':');
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
  inet_pton(AF_INET, address.substr(0, colon).c_str(), &server.sin_addr);
  const int connection = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(connection, reinterpret_cast<const sockaddr*>(&server), sizeof server) != 0) return "no connection";
  constexpr std::string_view kRequest = "GET /metrics HTTP/1.0\r\n\r\n";
  (void)!write(connection, kRequest.data(), kRequest.size());
  std::string answer;
  std::array<char, 4096> buffer;
  for (ssize_t got = 0; (got = read(connection, buffer.data(), buffer.size())) > 0;) {
    answer.append(buffer.data(), static_cast<std::size_t>(got));
  }
  close(connection);
  return answer;
}

TEST(MetricsTest, ServesWhatWasCountedOnAFreePort) {
  const auto metrics = MakeMetrics("127.0.0.1:0");
  metrics->Add("hotline_events_total", 2, {{"topic", "calls"}});
  metrics->Add("hotline_events_total", 1, {{"topic", "calls"}});
  metrics->Set("hotline_lag", 7);
  metrics->Observe("hotline_append_seconds", 0.0004);
  metrics->Observe("hotline_append_seconds", 3);
  const std::string text = Scrape(metrics->address());
  EXPECT_THAT(text, HasSubstr("hotline_events_total{topic=\"calls\"} 3"));
  EXPECT_THAT(text, HasSubstr("hotline_lag 7"));
  EXPECT_THAT(text, HasSubstr("hotline_append_seconds_bucket{le=\"0.0005\"} 1"));
  EXPECT_THAT(text, HasSubstr("hotline_append_seconds_bucket{le=\"5\"} 2"));
}

TEST(MetricsTest, CountsFromManyThreads) {
  const auto metrics = MakeMetrics("127.0.0.1:0");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 500; ++n) metrics->Add("hotline_n_total", 1, {{"k", n % 2 == 0 ? "even" : "odd"}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(Scrape(metrics->address()), HasSubstr("hotline_n_total{k=\"odd\"} 1000"));
}

TEST(MetricsTest, IsKeptButNotServedWithoutAnAddress) {
  const auto metrics = MakeMetrics("");
  metrics->Add("hotline_events_total");
  EXPECT_EQ(metrics->address(), "");
}

TEST(MetricsTest, SaysThatThePortIsTaken) {
  const auto first = MakeMetrics("127.0.0.1:0");
  EXPECT_THROW((void)MakeMetrics(first->address()), std::runtime_error);
}

TEST_F(DeskTest, CountsEveryCallByMethodAndCode) {
  Start({{"metrics_listen", "127.0.0.1:0"}});
  ASSERT_TRUE(Record(Outcome("r1", "f")).ok());
  ASSERT_FALSE(Record(Outcome("", "f")).ok());
  const std::string text = Scrape(process_->metrics_address());
  constexpr char kMethod[] = "method=\"/hotline.followup.v1.FollowUpService/RecordOutcome\"";
  EXPECT_THAT(text, HasSubstr(std::string{"hotline_rpc_calls_total{code=\"OK\","} + kMethod + "} 1"));
  EXPECT_THAT(text, HasSubstr(std::string{"hotline_rpc_calls_total{code=\"INVALID_ARGUMENT\","} + kMethod + "} 1"));
  EXPECT_THAT(text, HasSubstr(std::string{"hotline_rpc_seconds_count{"} + kMethod + "} 2"));
}

}  // namespace
}  // namespace hotline::platform
