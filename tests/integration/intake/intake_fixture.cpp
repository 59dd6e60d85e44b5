#include "intake_fixture.h"

#include <stdlib.h>

#include <atomic>
#include <thread>

#include <grpcpp/create_channel.h>

#include "intake/module.h"
#include "platform/bus/topics.h"
#include "platform/rpc/client.h"
#include "platform/rpc/status.h"
#include "support/store_choice.h"

namespace hotline::intake {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{20};

/// The other services: nothing but a store with its outbox.
class SiblingModule final : public platform::Module {
 public:
  void Register(grpc::ServerBuilder&) override {}
  void Start() override {}
  void Stop() override {}
};

/// Intake on the test's clock.
class ClockedModule final : public platform::Module {
 public:
  ClockedModule(const platform::Resources& from, platform::Clock& clock)
      : resources_{from.config,  clock,         from.bus,     from.store,      from.cache,  from.sealer,
                   from.metrics, from.notifier, from.workers, from.channel_to, from.streams},
        module_{MakeModule(resources_)} {}
  void Register(grpc::ServerBuilder& builder) override { module_->Register(builder); }
  void Start() override { module_->Start(); }
  void Stop() override { module_->Stop(); }

 private:
  platform::Resources resources_;
  std::unique_ptr<platform::Module> module_;
};

std::filesystem::path NewDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "intake-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"no temporary directory"};
  return pattern;
}

void MustBeOk(const grpc::Status& status) {
  ASSERT_TRUE(status.ok()) << platform::Explain(platform::FromGrpcStatus(status));
}

}  // namespace

IntakeTest::IntakeTest() : data_{NewDirectory()} {}

IntakeTest::~IntakeTest() {
  Stop();
  std::filesystem::remove_all(data_);
}

void IntakeTest::Start() {
  const auto config = platform::Config::Load(
      {}, tests::StoreOf(data_),
      {{"data_dir", data_.string()}, {"listen", "127.0.0.1:0"}, {"metrics_listen", ""}, {"log_level", "error"}});
  if (!config.ok()) throw std::runtime_error{std::string{config.status().message()}};
  auto process = platform::Process::Start(*config, {{"intake",
                                                     [this](platform::Resources& resources) {
                                                       store_ = &resources.store;
                                                       return std::make_unique<ClockedModule>(resources, clock_);
                                                     }},
                                                    {"siblings", [this](platform::Resources& resources) {
                                                       siblings_ = &resources.store;
                                                       return std::make_unique<SiblingModule>();
                                                     }}});
  if (!process.ok()) throw std::runtime_error{std::string{process.status().message()}};
  process_ = *std::move(process);
  stub_ = v1::IntakeService::NewStub(platform::MakeChannel(process_->address()));
}

void IntakeTest::Stop() {
  stub_.reset();
  process_.reset();
}

std::unique_ptr<grpc::ClientContext> IntakeTest::Context(const platform::Actor& actor) {
  auto context = std::make_unique<grpc::ClientContext>();
  platform::Prepare(*context, actor, steady_clock::now() + kPatience);
  return context;
}

std::string IntakeTest::OpenCall(const std::string& phone) {
  v1::OpenCallRequest request;
  request.set_request_id(NextId());
  request.set_site("yunzhou");
  request.set_channel(common::v1::CHANNEL_PHONE);
  request.mutable_started_at()->set_seconds(1'772'500'000);  // 2026-03-03 09:06:40 in China.
  if (!phone.empty()) request.mutable_contact()->set_phone(phone);
  v1::OpenCallResponse response;
  MustBeOk(stub_->OpenCall(Context().get(), request, &response));
  return response.call_id();
}

void IntakeTest::Say(const std::string& call_id, const std::vector<Said>& turns) {
  int number = 0;
  for (const Said& said : turns) {
    v1::AppendTurnRequest request;
    request.set_request_id(NextId());
    request.set_call_id(call_id);
    request.mutable_turn()->set_turn(++number);
    request.mutable_turn()->set_speaker(said.speaker);
    request.mutable_turn()->set_at_ms(10'000 * number);
    request.mutable_turn()->set_text(said.text);
    v1::AppendTurnResponse response;
    MustBeOk(stub_->AppendTurn(Context().get(), request, &response));
  }
}

void IntakeTest::CloseCall(const std::string& call_id) {
  v1::CloseCallRequest request;
  request.set_request_id(NextId());
  request.set_call_id(call_id);
  v1::CloseCallResponse response;
  MustBeOk(stub_->CloseCall(Context().get(), request, &response));
}

v1::FileMessageRequest IntakeTest::Message(const std::string& text, const std::string& phone) {
  v1::FileMessageRequest request;
  request.set_request_id(NextId());
  request.set_site("yunzhou");
  request.set_channel(common::v1::CHANNEL_WEB);
  request.set_text(text);
  request.mutable_written_at()->set_seconds(1'772'500'000);
  if (!phone.empty()) request.mutable_contact()->set_phone(phone);
  return request;
}

v1::FileMessageResponse IntakeTest::File(const v1::FileMessageRequest& request) {
  v1::FileMessageResponse response;
  MustBeOk(stub_->FileMessage(Context().get(), request, &response));
  return response;
}

v1::GetCaseResponse IntakeTest::GetCaseAndHistory(const std::string& case_no) {
  v1::GetCaseRequest request;
  request.set_case_no(case_no);
  v1::GetCaseResponse response;
  MustBeOk(stub_->GetCase(Context().get(), request, &response));
  return response;
}

v1::Case IntakeTest::GetCase(const std::string& case_no) { return GetCaseAndHistory(case_no).case_(); }

std::vector<std::string> IntakeTest::Search(const std::string& words) {
  v1::SearchCasesRequest request;
  request.set_site("yunzhou");
  request.set_query(words);
  v1::SearchCasesResponse response;
  MustBeOk(stub_->SearchCases(Context().get(), request, &response));
  std::vector<std::string> numbers;
  for (const v1::Case& found : response.cases()) numbers.push_back(found.case_no());
  return numbers;
}

v1::Case IntakeTest::AwaitRouted(const std::string& case_no) {
  return Await(case_no, [](const v1::Case& one) { return one.state() != common::v1::CASE_STATE_PENDING; });
}

v1::Case IntakeTest::AwaitCrisis(const std::string& case_no) {
  return Await(case_no, [](const v1::Case& one) { return one.crisis(); });
}

v1::Case IntakeTest::Await(const std::string& case_no, const std::function<bool(const v1::Case&)>& enough) {
  const auto context = Context();
  v1::WatchCasesRequest request;
  const auto stream = stub_->WatchCases(context.get(), request);
  v1::WatchCasesResponse change;
  while (stream->Read(&change)) {
    if (change.case_().case_no() != case_no || !enough(change.case_())) continue;
    context->TryCancel();
    return change.case_();
  }
  ADD_FAILURE() << case_no << " did not change so";
  return {};
}

std::vector<v1::WatchCallResponse> IntakeTest::WatchToTheEnd(const std::string& call_id, std::int64_t cursor) {
  const auto context = Context();
  v1::WatchCallRequest request;
  request.set_call_id(call_id);
  request.set_cursor(cursor);
  const auto stream = stub_->WatchCall(context.get(), request);
  std::vector<v1::WatchCallResponse> entries;
  v1::WatchCallResponse entry;
  while (stream->Read(&entry)) entries.push_back(entry);
  MustBeOk(stream->Finish());
  return entries;
}

void IntakeTest::Publish(std::string_view topic, const std::string& id, const google::protobuf::Message& message) {
  const absl::Status published = siblings_->InTransaction([&](platform::Transaction& tx) {
    platform::Event event;
    event.type = message.GetTypeName();
    event.key = "yunzhou/" + id;
    event.time = clock_.Now();
    event.payload = message.SerializeAsString();
    tx.Publish(topic, std::move(event));
    return absl::OkStatus();
  });
  ASSERT_TRUE(published.ok()) << published;
}

void IntakeTest::Assess(const std::string& call_id, const std::vector<common::v1::Speaker>& speakers) {
  int turn = 0;
  for (const common::v1::Speaker speaker : speakers) {
    ++turn;
    classification::v1::TurnUnderstood understood;
    understood.set_call_id(call_id);
    understood.set_turn(turn);
    Publish(platform::kAssessmentsTopic, call_id, understood);
    escalation::v1::TurnRiskAssessed risk;
    risk.set_call_id(call_id);
    risk.set_turn(turn);
    Publish(platform::kAssessmentsTopic, call_id, risk);
    if (speaker != common::v1::SPEAKER_CALLER) continue;
    knowledge::v1::AdviceGiven advice;
    advice.set_call_id(call_id);
    advice.set_turn(turn);
    Publish(platform::kAdviceTopic, call_id, advice);
  }
  escalation::v1::CallReviewed reviewed;
  reviewed.set_call_id(call_id);
  Publish(platform::kAssessmentsTopic, call_id, reviewed);
}

std::string IntakeTest::AskWhatIsNoQuestion() {
  std::string call_id = OpenCall();
  Say(call_id,
      {{common::v1::SPEAKER_AGENT, "您好"}, {common::v1::SPEAKER_CALLER, "暖气费交了还能退给孩子不？我用不上了"}});
  CloseCall(call_id);
  classification::v1::UnderstoodCase asked = Complaint("暖气费退费");
  asked.set_kind(common::v1::CASE_KIND_INQUIRY);
  asked.set_answered_in_call(true);
  Understand(call_id, {asked});
  return call_id;
}

void IntakeTest::Alarm(const std::string& call_id, int turn, common::v1::Peril peril, const std::string& code) {
  escalation::v1::TurnRiskAssessed risk;
  risk.set_call_id(call_id);
  risk.set_turn(turn);
  risk.set_level(common::v1::RISK_LEVEL_RED);
  risk.set_peril(peril);
  risk.add_reasons()->set_code(code);
  Publish(platform::kAssessmentsTopic, call_id, risk);
}

void IntakeTest::Understand(const std::string& call_id, const std::vector<classification::v1::UnderstoodCase>& cases) {
  classification::v1::CallUnderstood understood;
  understood.set_call_id(call_id);
  for (const auto& one : cases) *understood.add_cases() = one;
  Publish(platform::kAssessmentsTopic, call_id, understood);
}

std::int64_t IntakeTest::CountRows(const std::string& sql) {
  std::int64_t count = -1;
  const absl::Status read = store_->Read([&](platform::Session& session) {
    count = session.Query(sql).front().Int(0);
    return absl::OkStatus();
  });
  EXPECT_TRUE(read.ok()) << read;
  return count;
}

classification::v1::UnderstoodCase Complaint(const std::string& title, double confidence) {
  classification::v1::UnderstoodCase understood;
  understood.set_kind(common::v1::CASE_KIND_COMPLAINT);
  auto& topic = *understood.add_topics();
  topic.set_label("城乡建设");
  topic.set_probability(0.9);
  understood.add_departments("住房和城乡建设局");
  understood.set_dispatch_confidence(confidence);
  understood.set_title(title);
  understood.set_summary(title);
  return understood;
}

}  // namespace hotline::intake
