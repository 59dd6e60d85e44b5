#include "support/ledger.h"

#include <hotline/escalation/v1/escalation_service.grpc.pb.h>
#include <hotline/followup/v1/followup_service.grpc.pb.h>
#include <hotline/intake/v1/intake_service.grpc.pb.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <thread>
#include <vector>

#include "hotline/cli/call.h"

namespace hotline::tests {
namespace {

namespace v1 = intake::v1;
using common::v1::CaseState;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

/// All messages are of one site: others may file at other sites meanwhile.
constexpr char kSite[] = "yunzhou";

/// For the last messages, once there is no more trouble.
constexpr seconds kLastPatience{90};
constexpr seconds kSettlePatience{180};

v1::FileMessageRequest Message(int number) {
  static constexpr const char* kTexts[] = {
      "小区门口的路灯坏了两个星期，晚上老人出门摔过跤，打过物业电话没有人管。",
      "想问一下灵活就业人员的社保断缴了三个月，现在补缴需要带什么材料？",
      "楼下烧烤店每天夜里油烟直排，窗户都不敢开，请环保部门来查。",
      "工地拖欠我们十二个工人三个月工资，老板电话打不通，请帮我们要回血汗钱。",
      "建议在文化路小学门口加装减速带，放学时候车子开得太快。",
  };
  v1::FileMessageRequest request;
  request.set_request_id("kill-" + std::to_string(number));
  request.set_external_id("kill-" + std::to_string(number));
  request.set_site(kSite);
  request.set_channel(common::v1::CHANNEL_LETTER);
  request.set_title("来信" + std::to_string(number));
  request.set_text(kTexts[number % 5]);
  request.mutable_contact()->set_phone("1380000" + std::to_string(10000 + number % 90000));
  return request;
}

bool AtRest(CaseState state) {
  return state == CaseState::CASE_STATE_DISPATCHED || state == CaseState::CASE_STATE_ANSWERED_DIRECTLY ||
         state == CaseState::CASE_STATE_INFORMED || state == CaseState::CASE_STATE_EMERGENCY_TRANSFERRED ||
         state == CaseState::CASE_STATE_TO_DISPATCH;
}

v1::Case GetCase(v1::IntakeService::Stub& stub, const std::string& case_no) {
  v1::GetCaseRequest request;
  request.set_case_no(case_no);
  v1::GetCaseResponse response;
  const absl::Status got = cli::Call([&](auto* context) { return stub.GetCase(context, request, &response); });
  EXPECT_TRUE(got.ok()) << case_no << ": " << got;
  return response.case_();
}

v1::Case AwaitRest(v1::IntakeService::Stub& stub, const std::string& case_no, steady_clock::time_point deadline) {
  v1::Case one = GetCase(stub, case_no);
  while (!AtRest(one.state()) && steady_clock::now() < deadline) {
    std::this_thread::sleep_for(milliseconds{50});
    one = GetCase(stub, case_no);
  }
  return one;
}

/// How many final assessments the one turn of a message has, once it has any.
std::int64_t AwaitFinalRisks(escalation::v1::EscalationService::Stub& stub, const std::string& call_id,
                             steady_clock::time_point deadline) {
  escalation::v1::GetCallRiskRequest request;
  request.set_call_id(call_id);
  for (;;) {
    escalation::v1::GetCallRiskResponse risk;
    const absl::Status got = cli::Call([&](auto* context) { return stub.GetCallRisk(context, request, &risk); });
    EXPECT_TRUE(got.ok() || absl::IsNotFound(got)) << got;  // NOT_FOUND: the event has not come that far.
    const auto finals =
        std::count_if(risk.turns().begin(), risk.turns().end(), [](const auto& turn) { return !turn.preliminary(); });
    if (finals > 0 || steady_clock::now() >= deadline) return finals;
    std::this_thread::sleep_for(milliseconds{50});
  }
}

/// Ends a stream that never ends by itself once nothing came for a while.
class QuietEnd {
 public:
  explicit QuietEnd(grpc::ClientContext& context) : watch_{[this, &context] { Watch(context); }} {}
  ~QuietEnd() {
    ended_ = true;
    watch_.join();
  }
  QuietEnd(const QuietEnd&) = delete;
  QuietEnd& operator=(const QuietEnd&) = delete;

  void Heard() { ++heard_; }

 private:
  void Watch(grpc::ClientContext& context) {
    auto quiet_since = steady_clock::now();
    for (int last = 0; !ended_ && steady_clock::now() - quiet_since < kQuiet;) {
      std::this_thread::sleep_for(milliseconds{50});
      if (last != heard_) quiet_since = steady_clock::now();
      last = heard_;
    }
    context.TryCancel();
  }

  static constexpr seconds kQuiet{5};
  std::atomic<int> heard_ = 0;
  std::atomic<bool> ended_ = false;
  std::thread watch_;  // Last: it uses the others.
};

/// Every change of every case, from the record: case number -> its versions in the order they were written.
std::map<std::string, std::vector<std::int64_t>> AllChanges(v1::IntakeService::Stub& stub) {
  std::map<std::string, std::vector<std::int64_t>> changes;
  grpc::ClientContext context;
  v1::WatchCasesRequest request;
  request.set_site(kSite);
  const auto stream = stub.WatchCases(&context, request);
  QuietEnd end{context};
  v1::WatchCasesResponse response;
  while (stream->Read(&response)) {
    changes[response.change().case_no()].push_back(response.change().version());
    end.Heard();
  }
  return changes;
}

/// 1, 2, 3 ... up to the version the case has: no change lost, none doubled, none before another.
std::vector<std::int64_t> VersionsUpTo(std::int64_t last) {
  std::vector<std::int64_t> versions(static_cast<std::size_t>(last));
  std::iota(versions.begin(), versions.end(), 1);
  return versions;
}

}  // namespace

void Ledger::Acknowledged(int number, const std::string& case_no, TimePoint asked) {
  const std::lock_guard lock{mutex_};
  const auto [known, added] = cases_.emplace(number, case_no);
  EXPECT_EQ(known->second, case_no) << "message " << number << " got two case numbers";
  acknowledged_.push_back(asked);
}

void Ledger::Refused(const absl::Status& status, TimePoint asked) {
  const std::lock_guard lock{mutex_};
  refused_.emplace_back(asked, status.code());
}

std::map<int, std::string> Ledger::cases() const {
  const std::lock_guard lock{mutex_};
  return cases_;
}

int Ledger::size() const {
  const std::lock_guard lock{mutex_};
  return static_cast<int>(cases_.size());
}

int Ledger::AcknowledgedSince(TimePoint since) const {
  const std::lock_guard lock{mutex_};
  return static_cast<int>(
      std::count_if(acknowledged_.begin(), acknowledged_.end(), [&](TimePoint asked) { return asked >= since; }));
}

std::map<absl::StatusCode, int> Ledger::RefusedSince(TimePoint since) const {
  const std::lock_guard lock{mutex_};
  std::map<absl::StatusCode, int> codes;
  for (const auto& [asked, code] : refused_) codes[code] += asked >= since ? 1 : 0;
  std::erase_if(codes, [](const auto& code) { return code.second == 0; });
  return codes;
}

void FileUntil(const std::shared_ptr<grpc::Channel>& channel, const std::atomic<bool>& stop, std::atomic<int>& next,
               Ledger& ledger, Filing filing) {
  const auto stub = v1::IntakeService::NewStub(channel);
  const auto file = [&](int number) {
    const auto asked = steady_clock::now();
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + filing.patience);
    v1::FileMessageResponse response;
    absl::Status filed = platform::FromGrpcStatus(stub->FileMessage(&context, Message(number), &response));
    if (filed.ok()) {
      ledger.Acknowledged(number, response.case_no(), asked);
    } else {
      ledger.Refused(filed, asked);
    }
    return filed;
  };
  const bool hasty = filing.patience < Filing{}.patience;
  while (!stop) {
    const int number = next++;
    auto patience = steady_clock::now() + kLastPatience;
    for (absl::Status filed = file(number); !filed.ok(); filed = file(number)) {
      ASSERT_TRUE(absl::IsUnavailable(filed) || absl::IsResourceExhausted(filed) || absl::IsCancelled(filed) ||
                  (hasty && absl::IsDeadlineExceeded(filed)))
          << filed;
      if (!stop) patience = steady_clock::now() + kLastPatience;
      ASSERT_LT(steady_clock::now(), patience) << "message " << number << " is never taken: " << filed;
      std::this_thread::sleep_for(milliseconds{20});
    }
    // Some are repeated although they were acknowledged: the answer must be the same.
    if (number % 7 == 0) static_cast<void>(file(number));
    std::this_thread::sleep_for(filing.pause);
  }
}

void ExpectOnce(const std::shared_ptr<grpc::Channel>& channel, const Ledger& ledger, int from) {
  const auto stub = v1::IntakeService::NewStub(channel);
  const auto followups = followup::v1::FollowUpService::NewStub(channel);
  const auto escalation = escalation::v1::EscalationService::NewStub(channel);
  const auto acknowledged = ledger.cases();
  const auto deadline = steady_clock::now() + kSettlePatience;
  std::map<std::string, std::int64_t> versions;
  for (const auto& [number, case_no] : acknowledged) {
    if (number < from) continue;
    const v1::Case one = AwaitRest(*stub, case_no, deadline);
    EXPECT_TRUE(AtRest(one.state())) << case_no << " is in state " << one.state();
    EXPECT_EQ(one.external_id(), "kill-" + std::to_string(number));
    versions[case_no] = one.version();

    followup::v1::ListCaseFollowUpsRequest asked;
    asked.set_case_no(case_no);
    followup::v1::ListCaseFollowUpsResponse planned;
    const absl::Status listed =
        cli::Call([&](auto* context) { return followups->ListCaseFollowUps(context, asked, &planned); });
    ASSERT_TRUE(listed.ok() || absl::IsNotFound(listed)) << listed;  // NOT_FOUND: none was ever planned.
    EXPECT_LE(planned.follow_ups_size(), one.state() == CaseState::CASE_STATE_ANSWERED_DIRECTLY ? 1 : 0) << case_no;

    EXPECT_EQ(AwaitFinalRisks(*escalation, one.call_id(), deadline), 1) << one.call_id();
  }
  EXPECT_EQ(versions.size(), std::distance(acknowledged.lower_bound(from), acknowledged.end()))
      << "two messages share a case";

  v1::CountCasesRequest count;
  count.set_site(kSite);
  v1::CountCasesResponse counted;
  ASSERT_TRUE(cli::Call([&](auto* context) { return stub->CountCases(context, count, &counted); }).ok());
  EXPECT_EQ(counted.total(), static_cast<std::int64_t>(acknowledged.size()))
      << "cases nobody was promised, or promises without a case";

  const auto changes = AllChanges(*stub);
  for (const auto& [case_no, version] : versions) {
    const auto found = changes.find(case_no);
    ASSERT_NE(found, changes.end()) << case_no << " has no change at all";
    EXPECT_EQ(found->second, VersionsUpTo(version)) << case_no << ": a change is lost, doubled or out of order";
  }
}

}  // namespace hotline::tests
