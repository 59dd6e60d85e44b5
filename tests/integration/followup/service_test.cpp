// The follow-up service on a real store and bus, between a stand-in for intake and a gRPC client.
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hotline/followup/v1/followup_service.grpc.pb.h>
#include <hotline/intake/v1/intake_events.pb.h>

#include "contracts/timestamp.h"
#include "followup/module.h"
#include "platform/bus/bus.h"
#include "platform/bus/consumer.h"
#include "platform/bus/topics.h"
#include "platform/config/config.h"
#include "platform/rpc/client.h"
#include "platform/rpc/status.h"
#include "platform/runtime/process.h"
#include "platform/store/store.h"
#include "support/store_choice.h"

namespace hotline::followup {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using common::v1::CASE_STATE_REOPENED;
using common::v1::CASE_STATE_TO_FOLLOW_UP;

constexpr std::size_t kPartitions = 16;  // Of the topic of cases.
const platform::Time kAnsweredAt{hours{24 * 20'000}};

/// Stands in for intake: says how cases change, hears what follow-up says.
class CaseDesk final : public platform::Module {
 public:
  explicit CaseDesk(platform::Resources& resources) : resources_{resources} {}
  void Register(grpc::ServerBuilder&) override {}
  void Start() override {
    const std::vector<std::int64_t> from_the_beginning(kPartitions, 0);
    raw_cases_ = resources_.bus.Follow(platform::kCasesTopic, from_the_beginning, [this](auto batch) {
      const std::lock_guard lock{mutex_};
      for (const platform::Delivery& delivery : batch) sent_.push_back(delivery.event);
      changed_.notify_all();
      return absl::OkStatus();
    });
    follow_ups_ = platform::ConsumeInto(resources_.store, resources_.bus, resources_.sealer, resources_.metrics,
                                        platform::kFollowUpsTopic, "intake",
                                        [this](platform::Transaction&, const platform::Event& event) {
                                          const std::lock_guard lock{mutex_};
                                          heard_.push_back(event);
                                          changed_.notify_all();
                                          return absl::OkStatus();
                                        });
  }
  void Stop() override {
    if (follow_ups_) follow_ups_->Stop();
    if (raw_cases_) raw_cases_->Stop();
  }

  void Publish(const intake::v1::Case& changed) {
    intake::v1::CaseChanged message;
    *message.mutable_case_() = changed;
    const absl::Status committed = resources_.store.InTransaction([&](platform::Transaction& tx) {
      tx.Publish(platform::kCasesTopic, {.type = message.GetTypeName(),
                                         .key = changed.site() + "/" + changed.case_no(),
                                         .time = kAnsweredAt,
                                         .payload = message.SerializeAsString()});
      return absl::OkStatus();
    });
    ASSERT_TRUE(committed.ok()) << committed;
  }

  /// Brings the `index`-th case event to the bus once more, byte for byte.
  void Redeliver(std::size_t index) {
    platform::Event event;
    {
      std::unique_lock lock{mutex_};
      ASSERT_TRUE(changed_.wait_for(lock, seconds{20}, [&] { return sent_.size() > index; }));
      event = sent_[index];
    }
    const absl::Status appended =
        resources_.bus.Append(platform::kCasesTopic, {&event, 1}, steady_clock::now() + seconds{10});
    ASSERT_TRUE(appended.ok()) << appended;
  }

  /// The events heard so far, once there are `count` of them.
  std::vector<platform::Event> Heard(std::size_t count) {
    std::unique_lock lock{mutex_};
    if (!changed_.wait_for(lock, seconds{20}, [&] { return heard_.size() >= count; })) {
      throw std::runtime_error{"heard only " + std::to_string(heard_.size()) + " events"};
    }
    return heard_;
  }

 private:
  platform::Resources& resources_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<platform::Event> sent_;
  std::vector<platform::Event> heard_;
  std::unique_ptr<platform::Subscription> raw_cases_;
  std::unique_ptr<platform::Subscription> follow_ups_;
};

intake::v1::Case Case(const std::string& case_no, common::v1::CaseState state, int reopenings = 0) {
  intake::v1::Case message;
  message.set_site("yunzhou");
  message.set_case_no(case_no);
  message.set_state(state);
  message.set_reopenings(reopenings);
  message.set_caller_token("token-1");
  message.set_kind(common::v1::CASE_KIND_COMPLAINT);
  message.set_topic("城乡建设");
  message.add_departments("城市管理执法局");
  return message;
}

v1::Outcome Said(bool solved, common::v1::Rating department) {
  v1::Outcome outcome;
  outcome.set_contacted(true);
  outcome.set_solved(solved);
  outcome.set_department_rating(department);
  return outcome;
}

template <typename Message>
Message Payload(const platform::Event& event) {
  Message message;
  EXPECT_EQ(event.type, message.GetTypeName());
  EXPECT_TRUE(message.ParseFromString(event.payload));
  return message;
}

class FollowUpServiceTest : public testing::Test {
 protected:
  FollowUpServiceTest() {
    std::string name = (std::filesystem::temp_directory_path() / "hotline-followup-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    Start();
  }
  ~FollowUpServiceTest() override {
    Stop();
    std::filesystem::remove_all(folder_);
  }

  void Start() {
    const auto config =
        platform::Config::Load({}, tests::StoreOf(folder_),
                               {{"data_dir", folder_ / "data"}, {"listen", "127.0.0.1:0"}, {"metrics_listen", ""}});
    ASSERT_TRUE(config.ok()) << config.status();
    auto process = platform::Process::Start(*config, {{"intake",
                                                       [this](platform::Resources& resources) {
                                                         auto desk = std::make_unique<CaseDesk>(resources);
                                                         desk_ = desk.get();
                                                         return desk;
                                                       }},
                                                      {"followup", MakeModule}});
    ASSERT_TRUE(process.ok()) << process.status();
    process_ = *std::move(process);
    stub_ = v1::FollowUpService::NewStub(platform::MakeChannel(process_->address()));
  }
  void Stop() {
    stub_.reset();
    process_.reset();
  }

  template <typename Request, typename Response>
  absl::Status Call(grpc::Status (v1::FollowUpService::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response& response, platform::Role role = platform::Role::kFollowUp) {
    grpc::ClientContext context;
    platform::Prepare(context, {"desk-1", role}, steady_clock::now() + seconds{20});
    return platform::FromGrpcStatus((stub_.get()->*method)(&context, request, &response));
  }

  absl::Status Record(const std::string& request_id, const std::string& id, std::int64_t version,
                      const v1::Outcome& outcome, v1::FollowUp* recorded = nullptr) {
    v1::RecordOutcomeRequest request;
    request.set_request_id(request_id);
    request.set_follow_up_id(id);
    request.set_expected_version(version);
    *request.mutable_outcome() = outcome;
    v1::RecordOutcomeResponse response;
    const absl::Status status = Call(&v1::FollowUpService::Stub::RecordOutcome, request, response);
    if (recorded != nullptr) *recorded = response.follow_up();
    return status;
  }

  std::vector<v1::FollowUp> OfCase(const std::string& case_no) {
    v1::ListCaseFollowUpsRequest request;
    request.set_case_no(case_no);
    v1::ListCaseFollowUpsResponse response;
    EXPECT_TRUE(Call(&v1::FollowUpService::Stub::ListCaseFollowUps, request, response).ok());
    return {response.follow_ups().begin(), response.follow_ups().end()};
  }

  std::filesystem::path folder_;
  CaseDesk* desk_ = nullptr;
  std::unique_ptr<platform::Process> process_;
  std::unique_ptr<v1::FollowUpService::Stub> stub_;
};

TEST_F(FollowUpServiceTest, SchedulesOnceHoweverOftenTheEventComes) {
  desk_->Publish(Case("C1", CASE_STATE_TO_FOLLOW_UP));
  desk_->Heard(1);
  desk_->Publish(Case("C1", CASE_STATE_REOPENED, 1));
  // With its inbox forgotten, this would bring the first asking back to life.
  desk_->Redeliver(0);
  desk_->Publish(Case("C1", CASE_STATE_TO_FOLLOW_UP, 1));

  const auto heard = desk_->Heard(2);
  EXPECT_EQ(Payload<v1::FollowUpScheduled>(heard[0]).follow_up().round(), 1);
  EXPECT_EQ(Payload<v1::FollowUpScheduled>(heard[1]).follow_up().round(), 2);
  const auto of_case = OfCase("C1");
  ASSERT_EQ(of_case.size(), 2U);
  EXPECT_EQ(of_case[0].state(), v1::FOLLOW_UP_STATE_CANCELLED);
  EXPECT_THAT(of_case[0].exclusion(), Not(IsEmpty()));
  EXPECT_EQ(of_case[1].state(), v1::FOLLOW_UP_STATE_DUE);
  EXPECT_EQ(contracts::FromTimestamp(of_case[1].due_at()), kAnsweredAt + hours{24});
}

TEST_F(FollowUpServiceTest, TellsIntakeToReopenWhatIsNotSolvedAndAsksAgainAfterwards) {
  desk_->Publish(Case("C1", CASE_STATE_TO_FOLLOW_UP));
  desk_->Heard(1);
  v1::Outcome unsolved = Said(false, common::v1::RATING_DISSATISFIED);
  unsolved.set_verbatim("还是漏水，打13800001234找我");
  ASSERT_TRUE(Record("r1", "yunzhou/C1/1", 1, unsolved).ok());

  const auto recorded = Payload<v1::FollowUpRecorded>(desk_->Heard(2)[1]);
  EXPECT_TRUE(recorded.must_reopen());
  EXPECT_EQ(recorded.reason(), "未解决，对承办单位不满意");
  EXPECT_EQ(recorded.caller_token(), "token-1");
  EXPECT_EQ(recorded.follow_up().actor(), "desk-1");
  EXPECT_THAT(recorded.follow_up().outcome().verbatim(), Not(HasSubstr("13800001234")));

  desk_->Publish(Case("C1", CASE_STATE_REOPENED, 1));
  desk_->Publish(Case("C1", CASE_STATE_TO_FOLLOW_UP, 1));
  desk_->Heard(3);
  ASSERT_TRUE(Record("r2", "yunzhou/C1/2", 1, Said(true, common::v1::RATING_SATISFIED)).ok());
  EXPECT_FALSE(Payload<v1::FollowUpRecorded>(desk_->Heard(4)[3]).must_reopen());
  const auto of_case = OfCase("C1");
  ASSERT_EQ(of_case.size(), 2U);
  EXPECT_EQ(of_case[0].state(), v1::FOLLOW_UP_STATE_RECORDED) << "what was said in the first round stays";
}

TEST_F(FollowUpServiceTest, RecordsARequestOnceAndRefusesAStaleVersion) {
  desk_->Publish(Case("C1", CASE_STATE_TO_FOLLOW_UP));
  desk_->Publish(Case("C2", CASE_STATE_TO_FOLLOW_UP));
  desk_->Heard(2);
  const v1::Outcome solved = Said(true, common::v1::RATING_SATISFIED);
  v1::FollowUp first;
  v1::FollowUp again;
  ASSERT_TRUE(Record("r1", "yunzhou/C1/1", 1, solved, &first).ok());
  ASSERT_TRUE(Record("r1", "yunzhou/C1/1", 1, solved, &again).ok());
  EXPECT_EQ(first.SerializeAsString(), again.SerializeAsString());
  EXPECT_EQ(Record("r2", "yunzhou/C1/1", 1, solved).code(), absl::StatusCode::kAborted);
  EXPECT_EQ(Record("r3", "yunzhou/C1/1", 2, solved).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Record("r1", "yunzhou/C2/1", 1, solved).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Record("r4", "yunzhou/C9/1", 1, solved).code(), absl::StatusCode::kNotFound);

  ASSERT_TRUE(Record("r5", "yunzhou/C2/1", 1, solved).ok());
  EXPECT_EQ(desk_->Heard(4).size(), 4U) << "two scheduled, two recorded";
}

TEST_F(FollowUpServiceTest, NamesTheFieldThatIsWrong) {
  v1::Outcome outcome = Said(true, static_cast<common::v1::Rating>(42));
  const absl::Status status = Record("r1", "yunzhou/C1/1", 1, outcome);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(platform::Explain(status), HasSubstr("outcome.department_rating"));
  EXPECT_THAT(platform::Explain(Record("", "yunzhou/C1/1", 1, Said(true, common::v1::RATING_SATISFIED))),
              HasSubstr("request_id"));
}

TEST_F(FollowUpServiceTest, LetsTheDeskWriteAndTheDirectorRead) {
  v1::GetRatesResponse rates;
  EXPECT_TRUE(Call(&v1::FollowUpService::Stub::GetRates, v1::GetRatesRequest{}, rates, platform::Role::kDirector).ok());
  v1::ExcludeFollowUpRequest exclude;
  exclude.set_request_id("r1");
  exclude.set_follow_up_id("yunzhou/C1/1");
  exclude.set_expected_version(1);
  exclude.set_reason("重复");
  v1::ExcludeFollowUpResponse excluded;
  for (const platform::Role role : {platform::Role::kDirector, platform::Role::kAgent}) {
    EXPECT_EQ(Call(&v1::FollowUpService::Stub::ExcludeFollowUp, exclude, excluded, role).code(),
              absl::StatusCode::kPermissionDenied);
  }
  EXPECT_EQ(Call(&v1::FollowUpService::Stub::ExcludeFollowUp, exclude, excluded, platform::Role::kSupervisor).code(),
            absl::StatusCode::kNotFound);
}

TEST_F(FollowUpServiceTest, ListsEveryDueFollowUpOnOnePageExactly) {
  constexpr int kCases = 7;
  for (int i = 0; i < kCases; ++i) desk_->Publish(Case("C" + std::to_string(i), CASE_STATE_TO_FOLLOW_UP));
  desk_->Heard(kCases);
  v1::ListDueFollowUpsRequest request;
  request.set_site("yunzhou");
  request.set_page_size(3);
  std::multiset<std::string> listed;
  int pages = 0;
  do {
    v1::ListDueFollowUpsResponse response;
    ASSERT_TRUE(Call(&v1::FollowUpService::Stub::ListDueFollowUps, request, response).ok());
    EXPECT_EQ(response.total(), kCases);
    for (const auto& follow_up : response.follow_ups()) listed.insert(follow_up.case_no());
    request.set_page_token(response.next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(pages, 3);
  EXPECT_THAT(listed, ElementsAre("C0", "C1", "C2", "C3", "C4", "C5", "C6"));

  *request.mutable_due_by() = contracts::ToTimestamp(kAnsweredAt);
  v1::ListDueFollowUpsResponse early;
  ASSERT_TRUE(Call(&v1::FollowUpService::Stub::ListDueFollowUps, request, early).ok());
  EXPECT_EQ(early.total(), 0) << "nothing is due before the site's delay is over";
}

/// What a reader with the list in hand would count.
struct Recount {
  std::int64_t due = 0, contacted = 0, solved = 0, solved_known = 0, satisfied = 0, rated = 0;
  std::vector<std::string> excluded;

  void Add(const v1::FollowUp& row) {
    if (!row.exclusion().empty()) return excluded.push_back(row.follow_up_id());
    ++due;
    if (!row.outcome().contacted()) return;
    ++contacted;
    solved_known += row.outcome().has_solved();
    solved += row.outcome().solved();
    rated += row.outcome().department_rating() != common::v1::RATING_UNSPECIFIED;
    satisfied += row.outcome().department_rating() >= common::v1::RATING_VERY_SATISFIED &&
                 row.outcome().department_rating() <= common::v1::RATING_FAIRLY_SATISFIED;
  }
};

TEST_F(FollowUpServiceTest, GivesRatesThatItsOwnRowsAddUpTo) {
  const std::vector<v1::Outcome> outcomes = {
      Said(true, common::v1::RATING_VERY_SATISFIED), Said(true, common::v1::RATING_FAIRLY_SATISFIED),
      Said(false, common::v1::RATING_VERY_DISSATISFIED), Said(true, common::v1::RATING_UNSPECIFIED), v1::Outcome{}};
  for (std::size_t i = 0; i < outcomes.size() + 2; ++i) {
    intake::v1::Case one = Case("C" + std::to_string(i), CASE_STATE_TO_FOLLOW_UP);
    if (i % 2 == 1) one.set_departments(0, "住房和城乡建设局");
    desk_->Publish(one);
  }
  desk_->Heard(outcomes.size() + 2);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const std::string number = std::to_string(i);
    ASSERT_TRUE(Record("r" + number, "yunzhou/C" + number + "/1", 1, outcomes[i]).ok());
  }
  v1::ExcludeFollowUpRequest exclude;
  exclude.set_request_id("x1");
  exclude.set_follow_up_id("yunzhou/C2/1");
  exclude.set_expected_version(2);
  exclude.set_reason("恶意差评");
  v1::ExcludeFollowUpResponse excluded;
  ASSERT_TRUE(Call(&v1::FollowUpService::Stub::ExcludeFollowUp, exclude, excluded).ok());

  Recount total;
  std::map<std::string, Recount> groups;
  for (std::size_t i = 0; i < outcomes.size() + 2; ++i) {
    for (const auto& row : OfCase("C" + std::to_string(i))) {
      total.Add(row);
      groups[row.department()].Add(row);
    }
  }
  v1::GetRatesRequest request;
  request.set_site("yunzhou");
  request.set_group_by(v1::GetRatesRequest::GROUP_BY_DEPARTMENT);
  v1::GetRatesResponse rates;
  ASSERT_TRUE(Call(&v1::FollowUpService::Stub::GetRates, request, rates).ok());

  const auto expect_equal = [](const v1::Rates& answer, const Recount& counted) {
    EXPECT_EQ(answer.due(), counted.due);
    EXPECT_EQ(answer.contacted(), counted.contacted);
    EXPECT_EQ(answer.solved(), counted.solved);
    EXPECT_EQ(answer.solved_known(), counted.solved_known);
    EXPECT_EQ(answer.satisfied(), counted.satisfied);
    EXPECT_EQ(answer.rated(), counted.rated);
  };
  expect_equal(rates.total(), total);
  EXPECT_EQ(total.due, 6);
  EXPECT_DOUBLE_EQ(rates.total().response_rate(), 3.0 / 6);
  EXPECT_DOUBLE_EQ(rates.total().solution_rate(), static_cast<double>(total.solved) / 6);
  EXPECT_DOUBLE_EQ(rates.total().satisfaction_rate(), 1.0);
  ASSERT_EQ(rates.groups_size(), 2);
  for (const auto& group : rates.groups()) expect_equal(group, groups[group.group()]);
  ASSERT_EQ(rates.exclusions_size(), 1);
  EXPECT_EQ(rates.exclusions(0).case_no(), "C2");
  EXPECT_EQ(rates.exclusions(0).reason(), "恶意差评");
}

TEST_F(FollowUpServiceTest, KeepsWhatItAnsweredAcrossARestart) {
  desk_->Publish(Case("C1", CASE_STATE_TO_FOLLOW_UP));
  desk_->Heard(1);
  ASSERT_TRUE(Record("r1", "yunzhou/C1/1", 1, Said(true, common::v1::RATING_SATISFIED)).ok());
  Stop();
  Start();
  const auto of_case = OfCase("C1");
  ASSERT_EQ(of_case.size(), 1U);
  EXPECT_EQ(of_case[0].state(), v1::FOLLOW_UP_STATE_RECORDED);
}

}  // namespace
}  // namespace hotline::followup
