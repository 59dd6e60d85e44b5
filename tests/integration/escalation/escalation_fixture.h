#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/message.h>
#include <gtest/gtest.h>
#include <hotline/classification/v1/classification_events.pb.h>
#include <hotline/escalation/v1/escalation_service.grpc.pb.h>
#include <hotline/intake/v1/intake_events.pb.h>

#include "platform/bus/event.h"
#include "platform/rpc/client.h"
#include "platform/rpc/status.h"
#include "platform/runtime/module.h"
#include "platform/runtime/process.h"
#include "platform/security/actor.h"
#include "platform/store/store.h"
#include "platform/time.h"

namespace hotline::escalation {

/// A clock that tests move.
class TestClock final : public platform::Clock {
 public:
  platform::Time Now() const override {
    now_ = now_.load() + a_look_.load();
    return now_.load();
  }
  void Advance(std::chrono::milliseconds by) { now_ = now_.load() + by; }
  /// From here on every look at the clock moves it: for waits whose beginning cannot be seen.
  void AdvanceWithEveryLook(std::chrono::milliseconds by) { a_look_ = by; }

 private:
  std::atomic<std::chrono::milliseconds> a_look_{std::chrono::milliseconds{0}};
  mutable std::atomic<platform::Time> now_{
      std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())};
};

/// The bus as it is read, event by event and in order. Thread-safe.
class Log {
 public:
  void Add(const platform::Event& event);
  using Events = std::vector<platform::Event>;
  /// Everything of a call as soon as that is `enough`. Fails the test when it takes 20 s.
  Events Until(const std::string& call_id, const std::function<bool(const Events&)>& enough);
  /// Everything of a call that has come.
  Events Of(const std::string& call_id);

 private:
  Events Matching(const std::string& call_id) const;

  std::mutex mutex_;
  std::condition_variable grown_;
  Events events_;
};

template <typename Message>
[[nodiscard]] Message Payload(const platform::Event& event) {
  Message message;
  EXPECT_EQ(event.type, message.GetTypeName());
  EXPECT_TRUE(message.ParseFromString(event.payload));
  return message;
}

template <typename Message>
[[nodiscard]] std::vector<Message> AllOf(const std::vector<platform::Event>& events) {
  std::vector<Message> messages;
  for (const platform::Event& event : events) {
    if (event.type == Message::descriptor()->full_name()) messages.push_back(Payload<Message>(event));
  }
  return messages;
}

// What intake and classification say of a call.
[[nodiscard]] intake::v1::CallOpened Opened(const std::string& call_id, const std::string& site = "yunzhou");
[[nodiscard]] intake::v1::TurnAppended Appended(const std::string& call_id, int turn, common::v1::Speaker speaker,
                                                const std::string& text);
/// Of an agent's turn when `emotion` is unspecified.
[[nodiscard]] classification::v1::TurnUnderstood Understood(const std::string& call_id, int turn,
                                                            common::v1::Emotion emotion);
/// A whole call as classification reads it without an encoder.
[[nodiscard]] classification::v1::CallUnderstood WholeUnderstood(const std::string& call_id);
[[nodiscard]] intake::v1::CallClosed Closed(const std::string& call_id, int last_turn);

/// Escalation for real, on SQLite and the embedded bus behind a real server; its siblings are played by the test, whose
/// events travel through an outbox and the bus like theirs.
class EscalationTest : public testing::Test {
 protected:
  EscalationTest();
  ~EscalationTest() override;

  void Start();
  void Stop();

  // What intake and classification say.
  void Open(const std::string& call_id, const std::string& site = "yunzhou");
  void Say(const std::string& call_id, int turn, common::v1::Speaker speaker, const std::string& text);
  void Understand(const std::string& call_id, int turn, common::v1::Emotion emotion = common::v1::EMOTION_CALM);
  /// The call is over, and was read as a whole.
  void Close(const std::string& call_id, int last_turn);
  /// An event of theirs, through their outbox and the bus.
  void Publish(std::string_view topic, const std::string& call_id, const google::protobuf::Message& message);
  /// Brings every event that a topic has carried of `source` to the bus once more, byte for byte.
  void RedeliverAll(std::string_view topic, std::string_view source);

  /// Waits for the final assessment of a turn.
  v1::TurnRiskAssessed AwaitFinal(const std::string& call_id, int turn);
  v1::CallReviewed AwaitReviewed(const std::string& call_id);
  /// The assessments of a call that have come, preliminary ones too.
  std::vector<v1::TurnRiskAssessed> Risks(const std::string& call_id);
  /// What the alerts topic said of a call, once it said `count` things.
  std::vector<v1::Alert> AwaitAlerts(const std::string& call_id, std::size_t count);

  template <typename Request, typename Response>
  absl::Status Call(grpc::Status (v1::EscalationService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                                        Response*),
                    const Request& request, Response& response, platform::Role role = platform::Role::kSupervisor,
                    const std::string& actor = "banzhang-1") {
    grpc::ClientContext context;
    platform::Prepare(context, {actor, role}, std::chrono::steady_clock::now() + std::chrono::seconds{20});
    return platform::FromGrpcStatus((stub_.get()->*method)(&context, request, &response));
  }

  std::filesystem::path data_;
  TestClock clock_;
  Log assessments_;
  Log alerts_;
  std::unique_ptr<platform::Process> process_;
  std::unique_ptr<v1::EscalationService::Stub> stub_;
  platform::Resources* resources_ = nullptr;  // Escalation's.
  platform::Resources* siblings_ = nullptr;   // The other services', in one.
};

}  // namespace hotline::escalation
