// Streams of a durable feed: nothing lost, nothing twice, whoever comes and goes.
#include <random>
#include <thread>

#include <gmock/gmock.h>

#include "rpc_desk.h"

namespace hotline::platform {
namespace {

class FeedStreamTest : public DeskTest {
 protected:
  using Reader = std::unique_ptr<grpc::ClientReader<intake::WatchCasesResponse>>;

  Reader Watch(grpc::ClientContext& context, std::int64_t cursor = 0) {
    intake::WatchCasesRequest request;
    request.set_cursor(cursor);
    return cases_->WatchCases(&context, request);
  }
  /// The next message's cursor, or -1 at the stream's end.
  static std::int64_t Next(Reader& reader) {
    intake::WatchCasesResponse response;
    return reader->Read(&response) ? response.cursor() : -1;
  }
  void Add(int rows) {
    desk_.rows += rows;
    desk_.notifier.load()->Notify("cases");
  }
};

TEST_F(FeedStreamTest, StreamsWhatIsThereThenWhatComes) {
  Start();
  Add(7);  // More than two pages.
  grpc::ClientContext context;
  auto reader = Watch(context);
  for (int i = 1; i <= 7; ++i) ASSERT_EQ(Next(reader), i);
  Add(1);
  EXPECT_EQ(Next(reader), 8);
  context.TryCancel();
}

TEST_F(FeedStreamTest, ResumesAfterTheCursor) {
  Start();
  Add(5);
  grpc::ClientContext context;
  auto reader = Watch(context, 3);
  EXPECT_EQ(Next(reader), 4);
  EXPECT_EQ(Next(reader), 5);
  context.TryCancel();
}

TEST_F(FeedStreamTest, OnlyComesLaterWhenAHintIsLost) {
  Start();
  grpc::ClientContext context;
  auto reader = Watch(context);
  while (desk_.fetches == 0) std::this_thread::yield();
  desk_.rows = 1;  // Nobody is told.
  EXPECT_EQ(Next(reader), 1);
  context.TryCancel();
}

TEST_F(FeedStreamTest, BoundsTheOpenStreams) {
  Start({{"max_streams", "1"}});
  Add(1);
  grpc::ClientContext first_context;
  auto first = Watch(first_context);
  ASSERT_EQ(Next(first), 1);
  grpc::ClientContext second_context;
  auto second = Watch(second_context);
  EXPECT_EQ(Next(second), -1);
  const absl::Status refused = FromGrpcStatus(second->Finish());
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(RetryDelayOf(refused).has_value());

  first_context.TryCancel();
  first->Finish();
  for (;;) {  // The place is free once the server has seen the first client go.
    grpc::ClientContext again_context;
    auto again = Watch(again_context);
    if (Next(again) == 1) {
      again_context.TryCancel();
      break;
    }
  }
}

TEST_F(FeedStreamTest, RefusesStrangers) {
  Start({{"development_actor", "false"}});
  grpc::ClientContext context;
  auto reader = Watch(context);
  EXPECT_EQ(Next(reader), -1);
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(FeedStreamTest, EndsPromptlyWhenTheProcessStops) {
  Start();
  Add(1);
  grpc::ClientContext context;
  auto reader = Watch(context);
  ASSERT_EQ(Next(reader), 1);
  const auto asked = std::chrono::steady_clock::now();
  std::thread stop{[&] { process_->Stop(); }};
  EXPECT_EQ(Next(reader), -1);
  const grpc::Status status = reader->Finish();
  EXPECT_LT(std::chrono::steady_clock::now() - asked, std::chrono::seconds{2});
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(status.error_message(), "shutting down");
  stop.join();
}

TEST_F(FeedStreamTest, LosesNothingWhileClientsComeAndGo) {
  Start();
  constexpr int kRows = 300;
  constexpr int kClients = 6;
  std::vector<std::thread> clients;
  for (int client = 0; client < kClients; ++client) {
    clients.emplace_back([&, client] {
      std::minstd_rand random(static_cast<unsigned>(client + 1));
      std::int64_t cursor = 0;
      while (cursor < kRows) {
        grpc::ClientContext context;
        auto reader = Watch(context, cursor);
        const auto stay = random() % 40;
        for (unsigned read = 0; read < stay && cursor < kRows; ++read) {
          const std::int64_t next = Next(reader);
          ASSERT_EQ(next, cursor + 1);
          cursor = next;
        }
        context.TryCancel();  // In the middle of a write, a fetch, or a wait.
        if (random() % 2 == 0) reader->Finish();
      }
    });
  }
  for (int row = 0; row < kRows; ++row) {
    Add(1);
    std::this_thread::yield();
  }
  for (std::thread& client : clients) client.join();
}

}  // namespace
}  // namespace hotline::platform
