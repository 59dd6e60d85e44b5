// What any client may count on, asked by one that knows nothing but what reflection tells: every method answers, a bad
// field is refused by name, an unknown id is not found, and no answer shows the inside of the house.
#include <filesystem>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "hotline/modules.h"
#include "platform/config/config.h"
#include "platform/rpc/client.h"
#include "platform/runtime/process.h"
#include "support/probes.h"
#include "support/reflection_client.h"
#include "support/store_choice.h"

namespace hotline::tests {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using std::chrono::milliseconds;
using testing::Contains;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr milliseconds kUnaryTimeout{10'000};
constexpr milliseconds kStreamTimeout{300};  // A stream that is right stays open.

milliseconds TimeoutOf(const MethodDescriptor& method) {
  return method.server_streaming() || method.client_streaming() ? kStreamTimeout : kUnaryTimeout;
}

std::string Shown(const Message& request) {
  std::string text = request.ShortDebugString();
  if (text.size() > 300) text = text.substr(0, 300) + " …";
  return request.GetTypeName() + " {" + text + "}";
}

/// One process with all five services for all tests: they share nothing but its address.
class WireTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::string name = (std::filesystem::temp_directory_path() / "hotline-wire-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    const auto config = platform::Config::Load(
        {}, tests::StoreOf(folder_),
        {{"data_dir", folder_ / "data"}, {"listen", "127.0.0.1:0"}, {"metrics_listen", ""}, {"log_level", "error"}});
    if (!config.ok()) throw std::runtime_error{config.status().ToString()};
    auto process = platform::Process::Start(*config, AllModules());
    if (!process.ok()) throw std::runtime_error{process.status().ToString()};
    process_ = *std::move(process);
    client_ = std::make_unique<ReflectionClient>(platform::MakeChannel(process_->address()));
  }
  static void TearDownTestSuite() {
    client_.reset();
    process_.reset();
    std::filesystem::remove_all(folder_);
  }

  static std::vector<const MethodDescriptor*> AllMethods() {
    std::vector<const MethodDescriptor*> methods;
    for (const ServiceDescriptor* service : client_->Services()) {
      for (int i = 0; i < service->method_count(); ++i) methods.push_back(service->method(i));
    }
    return methods;
  }

  static std::unique_ptr<Message> Plausible(const MethodDescriptor& method) {
    static int number = 0;
    auto request = client_->NewRequest(method);
    FillPlausibly(*request, ++number);
    return request;
  }

  /// Calls, and holds the answer to what every answer owes.
  static grpc::Status Call(const MethodDescriptor& method, const Message& request) {
    const grpc::Status status = client_->Call(method, request, TimeoutOf(method)).status;
    const std::string shown = method.full_name() + ": " + Shown(request) + "\n  -> " +
                              std::to_string(status.error_code()) + " " + status.error_message();
    static const std::set<grpc::StatusCode> kNever = {grpc::StatusCode::INTERNAL, grpc::StatusCode::UNKNOWN,
                                                      grpc::StatusCode::UNIMPLEMENTED, grpc::StatusCode::DATA_LOSS,
                                                      grpc::StatusCode::UNAVAILABLE};
    EXPECT_EQ(kNever.count(status.error_code()), 0U) << shown;
    const bool stream = method.server_streaming() || method.client_streaming();
    if (!stream) {
      EXPECT_NE(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED) << shown;
    }
    if (status.error_code() == grpc::StatusCode::INVALID_ARGUMENT) {
      const auto named = NamedFields(status);
      EXPECT_THAT(named, Not(IsEmpty())) << "names no field: " << shown;
      for (const std::string& field : named) {
        EXPECT_TRUE(HasPath(*request.GetDescriptor(), field)) << "has no field " << field << ": " << shown;
      }
    }
    return status;
  }

  /// The same of a request as JSON; fills `response` where one came.
  static grpc::Status CallJson(const std::string& method_name, const std::string& json,
                               nlohmann::json* response = nullptr) {
    const MethodDescriptor& method = client_->Method(method_name);
    auto request = client_->NewRequest(method);
    if (const auto parsed = google::protobuf::util::JsonStringToMessage(json, request.get()); !parsed.ok()) {
      throw std::runtime_error{json + ": " + parsed.ToString()};
    }
    const Answer answer = client_->Call(method, *request, TimeoutOf(method));
    if (response != nullptr && !answer.responses.empty()) {
      std::string text;
      if (!google::protobuf::util::MessageToJsonString(*answer.responses.front(), &text).ok()) return answer.status;
      *response = nlohmann::json::parse(text);
    }
    return answer.status;
  }

  static std::string OpenCall(const std::string& request_id) {
    nlohmann::json opened;
    const grpc::Status status = CallJson("hotline.intake.v1.IntakeService.OpenCall",
                                         R"({"requestId": ")" + request_id +
                                             R"(", "site": "yunzhou", "channel": "CHANNEL_PHONE",
                                                 "contact": {"phone": "13800001234"}})",
                                         &opened);
    if (!status.ok()) throw std::runtime_error{"OpenCall: " + status.error_message()};
    return opened["callId"];
  }

  /// Repeats a question until it has an answer: what one service did reaches the next by an event.
  static nlohmann::json Await(const std::string& method_name, const std::string& json, const std::string& field) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    nlohmann::json response;
    while (std::chrono::steady_clock::now() < deadline) {
      if (CallJson(method_name, json, &response).ok() && response.contains(field)) return response;
      std::this_thread::sleep_for(milliseconds{20});
    }
    throw std::runtime_error{method_name + " never answered with " + field};
  }

  static inline std::filesystem::path folder_;
  static inline std::unique_ptr<platform::Process> process_;
  static inline std::unique_ptr<ReflectionClient> client_;
};

TEST_F(WireTest, ReflectsEveryService) {
  std::vector<std::string> names;
  for (const ServiceDescriptor* service : client_->Services()) names.push_back(service->full_name());
  EXPECT_THAT(names, SizeIs(AllModules().size() + 1));  // And that of the operators.
  EXPECT_THAT(names, Contains("hotline.followup.v1.FollowUpService"));
}

TEST_F(WireTest, AnswersAnEmptyRequestToEveryMethod) {
  for (const MethodDescriptor* method : AllMethods()) {
    const grpc::Status status = Call(*method, *client_->NewRequest(*method));
    if (method->input_type()->FindFieldByName("request_id") == nullptr) continue;
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << method->full_name();
  }
}

TEST_F(WireTest, RefusesEveryBadFieldByName) {
  for (const MethodDescriptor* method : AllMethods()) {
    // A stream looks its call up before it reads a turn: see NamesTheBadFieldOfATurnOnAStream.
    const bool base_is_good = Call(*method, *Plausible(*method)).error_code() != grpc::StatusCode::INVALID_ARGUMENT &&
                              !method->client_streaming();
    for (const Probe& probe : ProbesOf(*Plausible(*method))) {
      SCOPED_TRACE(probe.field + " holds " + probe.what);
      const grpc::Status status = Call(*method, *probe.request);
      if (!probe.certainly_bad || !base_is_good) continue;
      EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT)
          << method->full_name() << status.error_message();
      EXPECT_THAT(NamedFields(status), Contains(probe.field)) << method->full_name();
    }
  }
}

/// Methods about one thing that must exist. Of the others, lists may be empty and filings make what they name.
TEST_F(WireTest, FindsNoUnknownIds) {
  static const std::set<std::string> kIds = {"case_no",  "call_id",    "follow_up_id",
                                             "alert_id", "article_id", "phrase_id"};
  int asked = 0;
  for (const MethodDescriptor* method : AllMethods()) {
    const auto* const type = method->input_type();
    if (type->field_count() == 0) continue;
    const std::string& first = type->field(type->field(0)->name() == "request_id" && type->field_count() > 1)->name();
    if (kIds.count(first) == 0 || method->client_streaming()) continue;
    ++asked;
    const grpc::Status status = Call(*method, *Plausible(*method));
    EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND)
        << method->full_name() << ": " << status.error_message();
  }
  EXPECT_GT(asked, 2);
}

constexpr char kIntake[] = "hotline.intake.v1.IntakeService.";
constexpr char kFollowUp[] = "hotline.followup.v1.FollowUpService.";
constexpr char kEscalation[] = "hotline.escalation.v1.EscalationService.";

TEST_F(WireTest, AbortsWhatWasDecidedOnAStaleVersion) {
  const std::string imported = R"({"requestId": "stale-1", "cases": [
      {"site": "yunzhou", "caseNo": "YZ-STALE", "at": "2026-03-03T01:00:00Z", "summary": "路灯坏了",
       "state": "CASE_STATE_TO_DISPATCH", "kind": "CASE_KIND_HELP"}]})";
  ASSERT_TRUE(CallJson(std::string{kIntake} + "ImportCases", imported).ok());
  const std::string of_case = R"("caseNo": "YZ-STALE", "expectedVersion": 999)";
  for (const auto& [method, rest] : std::initializer_list<std::pair<std::string, std::string>>{
           {"SupplementCase", R"("text": "还是没有修")"},
           {"CorrectCase", R"("topic": "城乡建设", "reason": "改正")"},
           {"TransitionCase",
            R"("toState": "CASE_STATE_DISPATCHED", "reason": "派遣", "department": "住房和城乡建设局")"}}) {
    const std::string json = "{\"requestId\": \"" + method + "\", " + of_case + ", " + rest + "}";
    const grpc::Status status = CallJson(kIntake + method, json);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::ABORTED) << method << ": " << status.error_message();
  }
}

TEST_F(WireTest, AbortsAFollowUpOnAStaleVersion) {
  const std::string imported = R"({"requestId": "stale-2", "cases": [
      {"site": "yunzhou", "caseNo": "YZ-ASKED", "at": "2026-03-03T01:00:00Z", "summary": "路灯坏了",
       "state": "CASE_STATE_TO_FOLLOW_UP", "kind": "CASE_KIND_HELP"}]})";
  ASSERT_TRUE(CallJson(std::string{kIntake} + "ImportCases", imported).ok());
  const auto of_case = Await(std::string{kFollowUp} + "ListCaseFollowUps", R"({"caseNo": "YZ-ASKED"})", "followUps");
  const std::string id = of_case["followUps"][0]["followUpId"];
  const std::string stale = R"(, "expectedVersion": 999, "followUpId": ")" + id + "\"";
  EXPECT_EQ(CallJson(std::string{kFollowUp} + "RecordOutcome",
                     R"({"requestId": "stale-3", "outcome": {"contacted": true, "solved": true})" + stale + "}")
                .error_code(),
            grpc::StatusCode::ABORTED);
  EXPECT_EQ(
      CallJson(std::string{kFollowUp} + "ExcludeFollowUp", R"({"requestId": "stale-4", "reason": "重复")" + stale + "}")
          .error_code(),
      grpc::StatusCode::ABORTED);
}

TEST_F(WireTest, AbortsAnAlertOnAStaleVersion) {
  const std::string call_id = OpenCall("stale-5");
  const std::string turn = R"({"requestId": "stale-6", "callId": ")" + call_id +
                           R"(", "turn": {"turn": 1, "speaker": "SPEAKER_CALLER", "atMs": "0",
                              "text": "我不想活了，我现在就站在楼顶，马上跳下去"}})";
  ASSERT_TRUE(CallJson(std::string{kIntake} + "AppendTurn", turn).ok());
  const auto listed =
      Await(std::string{kEscalation} + "ListAlerts", R"({"site": "yunzhou", "callId": ")" + call_id + "\"}", "alerts");
  const std::string alert_id = listed["alerts"][0]["alertId"];
  for (const std::string method : {"AcknowledgeAlert", "TakeOverCall", "JudgeAlert"}) {
    const std::string verdict = method == "JudgeAlert" ? R"(, "verdict": 1)" : "";
    const std::string json = "{\"requestId\": \"" + method + "\", \"alertId\": \"" + alert_id +
                             "\", \"expectedVersion\": 999" + verdict + "}";
    const grpc::Status status = CallJson(kEscalation + method, json);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::ABORTED) << method << ": " << status.error_message();
  }
}

TEST_F(WireTest, NamesTheBadFieldOfATurnOnAStream) {
  const std::string call_id = OpenCall("stream-1");
  const std::string start = R"({"callId": ")" + call_id + R"(", "turn": )";
  for (const auto& [turn, field] : std::initializer_list<std::pair<std::string, std::string>>{
           {R"({"turn": 1, "speaker": "SPEAKER_CALLER", "text": ""})", "turn.text"},
           {R"({"turn": 1, "text": "喂"})", "turn.speaker"},
           {R"({"turn": 1, "speaker": "SPEAKER_CALLER", "text": "a\u0000b"})", "turn.text"}}) {
    const grpc::Status status = CallJson(std::string{kIntake} + "Converse", start + turn + "}");
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << turn << status.error_message();
    EXPECT_THAT(NamedFields(status), Contains(field)) << turn;
  }
}

}  // namespace
}  // namespace hotline::tests
