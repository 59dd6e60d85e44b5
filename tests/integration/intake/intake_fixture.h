#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/message.h>
#include <gtest/gtest.h>
#include <hotline/intake/v1/intake_service.grpc.pb.h>

#include "platform/runtime/process.h"
#include "platform/security/actor.h"
#include "platform/store/store.h"
#include "platform/time.h"

namespace hotline::intake {

/// A clock that tests move.
class TestClock final : public platform::Clock {
 public:
  platform::Time Now() const override { return now_.load(); }
  void Advance(std::chrono::milliseconds by) { now_ = now_.load() + by; }

 private:
  std::atomic<platform::Time> now_{std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now())};
};

/// Intake for real, on SQLite and the embedded bus behind a real server; its siblings are played by the test, whose
/// events travel through an outbox and the bus like theirs.
class IntakeTest : public testing::Test {
 protected:
  IntakeTest();
  ~IntakeTest() override;

  void Start();
  void Stop();

  /// `speaker`, `text`; at_ms grows by ten seconds a turn.
  struct Said {
    common::v1::Speaker speaker;
    std::string text;
  };
  std::string OpenCall(const std::string& phone = "13900001111");
  void Say(const std::string& call_id, const std::vector<Said>& turns);
  void CloseCall(const std::string& call_id);
  v1::FileMessageRequest Message(const std::string& text, const std::string& phone = "");
  v1::FileMessageResponse File(const v1::FileMessageRequest& request);
  v1::Case GetCase(const std::string& case_no);
  v1::GetCaseResponse GetCaseAndHistory(const std::string& case_no);
  /// The numbers of the cases that hold these words.
  std::vector<std::string> Search(const std::string& words);
  /// Waits until the case has left 待受理.
  v1::Case AwaitRouted(const std::string& case_no);
  /// Waits until the case is marked as one of danger.
  v1::Case AwaitCrisis(const std::string& case_no);
  /// Reads WatchCall to its end.
  std::vector<v1::WatchCallResponse> WatchToTheEnd(const std::string& call_id, std::int64_t cursor = 0);

  /// A sibling's event, through its outbox and the bus. Key <site>/<id>.
  void Publish(std::string_view topic, const std::string& id, const google::protobuf::Message& message);
  /// Everything the siblings say of a call of `turns` turns, of which `caller_turns` are the caller's.
  void Assess(const std::string& call_id, const std::vector<common::v1::Speaker>& speakers);
  /// A closed call, understood as a question that was answered; not assessed yet. Its id.
  std::string AskWhatIsNoQuestion();
  /// A turn whose risk is red for `peril`.
  void Alarm(const std::string& call_id, int turn, common::v1::Peril peril, const std::string& code);
  void Understand(const std::string& call_id, const std::vector<classification::v1::UnderstoodCase>& cases);

  /// A call's context with a deadline, as `actor`.
  static std::unique_ptr<grpc::ClientContext> Context(const platform::Actor& actor = {
                                                          .id = "tester", .role = platform::Role::kSupervisor});
  /// A number out of intake's database.
  std::int64_t CountRows(const std::string& sql);
  std::string NextId() { return "r" + std::to_string(++ids_); }

  std::filesystem::path data_;
  TestClock clock_;
  std::unique_ptr<platform::Process> process_;
  std::unique_ptr<v1::IntakeService::Stub> stub_;
  platform::Store* store_ = nullptr;     // Intake's.
  platform::Store* siblings_ = nullptr;  // The other services', in one.

 private:
  v1::Case Await(const std::string& case_no, const std::function<bool(const v1::Case&)>& enough);

  int ids_ = 0;
};

/// A complaint about 城乡建设 that the directory is sure of.
[[nodiscard]] classification::v1::UnderstoodCase Complaint(const std::string& title, double confidence = 0.9);

}  // namespace hotline::intake
