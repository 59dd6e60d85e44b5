#pragma once

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <google/protobuf/message.h>
#include <gtest/gtest.h>
#include <hotline/classification/v1/classification_service.grpc.pb.h>
#include <hotline/intake/v1/intake_events.pb.h>

#include "platform/bus/dead_letters.h"
#include "platform/rpc/client.h"
#include "platform/rpc/status.h"
#include "platform/runtime/module.h"
#include "platform/runtime/process.h"

namespace hotline::classification {

class CallDesk;

/// 2026-03-03 09:06:40 in China.
inline constexpr platform::Time kOpenedAt{std::chrono::seconds{1'772'500'000}};

/// Classification for real, on SQLite and the embedded bus behind a real server. Intake is played by the test: its
/// events travel through an outbox and the bus like intake's own, and it hears what classification says.
class ClassificationTest : public testing::Test {
 protected:
  ClassificationTest();
  ~ClassificationTest() override;

  /// `model_dir`: empty for the shipped models.
  void Start(const std::filesystem::path& model_dir = {});
  void Stop();

  void Open(const std::string& call_id, const std::string& site = "yunzhou");
  /// `who`: 'a' is the agent, 'c' the caller.
  void Say(const std::string& call_id, int number, char who, const std::string& text,
           const std::string& site = "yunzhou");
  /// `recorded`: what the agent wrote down.
  void Close(const std::string& call_id, int last_turn,
             common::v1::CaseKind recorded = common::v1::CASE_KIND_UNSPECIFIED, platform::Time at = kOpenedAt,
             const std::string& site = "yunzhou");
  /// A whole call of these turns, the caller speaking first and then in turns with the agent.
  void HoldCall(const std::string& call_id, const std::vector<std::string>& texts,
                common::v1::CaseKind recorded = common::v1::CASE_KIND_UNSPECIFIED, platform::Time at = kOpenedAt,
                const std::string& site = "yunzhou");
  /// A letter: a call of one turn.
  void Write(const std::string& call_id, const std::string& title, const std::string& text);

  /// Brings the first `count` events of calls to the bus once more, byte for byte.
  void Redeliver(std::size_t count);
  /// Waits until all that was published is on the bus, and classification has dealt with it.
  void AwaitQuiet();

  /// The events about `call_id` in the order heard, once there are `count`; across restarts.
  std::vector<platform::Event> Heard(const std::string& call_id, std::size_t count);
  /// Waits for the call's CallUnderstood; everything heard of it before goes to `before`.
  v1::CallUnderstood AwaitUnderstood(const std::string& call_id, std::vector<v1::TurnUnderstood>* before = nullptr);
  std::vector<platform::DeadLetter> DeadLetters();
  /// Classification's own store.
  platform::Store& store() { return *store_; }

  template <typename Request, typename Response>
  absl::Status Ask(grpc::Status (v1::ClassificationService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                           Response*),
                   const Request& request, Response& response) {
    grpc::ClientContext context;
    platform::Prepare(context, {.id = "desk-1", .role = platform::Role::kAgent},
                      std::chrono::steady_clock::now() + std::chrono::seconds{20});
    return platform::FromGrpcStatus((stub_.get()->*method)(&context, request, &response));
  }
  v1::GetUnderstandingResponse Understanding(const std::string& call_id);
  v1::ListHotIssuesResponse HotIssues(int page_size = 0, const std::string& page_token = {});

 private:
  friend class CallDesk;
  void Publish(const std::string& site, const std::string& call_id, const google::protobuf::Message& message);

  std::filesystem::path folder_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<platform::Event> sent_;   // As they lie on the bus, from its beginning.
  std::vector<platform::Event> heard_;  // Of all runs.
  std::size_t on_the_bus_ = 0;          // Sooner or later, of all runs.
  platform::Resources* desk_ = nullptr;
  platform::Store* store_ = nullptr;
  std::unique_ptr<platform::Process> process_;
  std::unique_ptr<v1::ClassificationService::Stub> stub_;
};

template <typename Message>
Message Payload(const platform::Event& event) {
  Message message;
  EXPECT_EQ(event.type, message.GetTypeName());
  EXPECT_TRUE(message.ParseFromString(event.payload));
  return message;
}

}  // namespace hotline::classification
