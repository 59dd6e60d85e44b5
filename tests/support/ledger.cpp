#include "support/ledger.h"

#include <hotline/escalation/v1/escalation_service.grpc.pb.h>
#include <hotline/followup/v1/followup_service.grpc.pb.h>
#include <hotline/intake/v1/intake_service.grpc.pb.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <thread>
#include <utility>
#include <vector>

#include <absl/status/statusor.h>
#include <absl/strings/str_cat.h>

#include "hotline/cli/call.h"
#include "platform/rpc/status.h"

namespace hotline::tests {
namespace {

namespace v1 = intake::v1;
using common::v1::CaseState;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

/// For the last messages, once there is no more trouble.
constexpr seconds kLastPatience{90};

std::string ExternalId(const Ledger& ledger, int number) { return ledger.site() + "-" + std::to_string(number); }

v1::FileMessageRequest Message(const Ledger& ledger, int number) {
  static constexpr const char* kTexts[] = {
      "小区门口的路灯坏了两个星期，晚上老人出门摔过跤，打过物业电话没有人管。",
      "想问一下灵活就业人员的社保断缴了三个月，现在补缴需要带什么材料？",
      "楼下烧烤店每天夜里油烟直排，窗户都不敢开，请环保部门来查。",
      "工地拖欠我们十二个工人三个月工资，老板电话打不通，请帮我们要回血汗钱。",
      "建议在文化路小学门口加装减速带，放学时候车子开得太快。",
  };
  v1::FileMessageRequest request;
  request.set_request_id(ExternalId(ledger, number));
  request.set_external_id(ExternalId(ledger, number));
  request.set_site(ledger.site());
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

/// Compares one ledger with the record of the services.
class Comparison {
 public:
  Comparison(const std::shared_ptr<grpc::Channel>& channel, const Ledger& ledger, seconds patience)
      : intake_{v1::IntakeService::NewStub(channel)},
        followup_{followup::v1::FollowUpService::NewStub(channel)},
        escalation_{escalation::v1::EscalationService::NewStub(channel)},
        ledger_{ledger},
        deadline_{steady_clock::now() + patience},
        differences_{ledger.contradictions()} {}

  std::vector<std::string> Run(int from) {
    const auto acknowledged = ledger_.cases();
    for (const auto& [number, case_no] : acknowledged) {
      if (number >= from) CompareCase(number, case_no);
    }
    if (const auto counted = CountCases(); counted != static_cast<std::int64_t>(acknowledged.size())) {
      Differs(absl::StrCat(counted, " cases for ", acknowledged.size(), " acknowledged messages"));
    }
    CompareChanges();
    return std::move(differences_);
  }

 private:
  void Differs(std::string what) { differences_.push_back(std::move(what)); }

  void CompareCase(int number, const std::string& case_no) {
    const auto one = AwaitRest(case_no);
    if (!one.ok()) return Differs(absl::StrCat("acknowledged case ", case_no, ": ", one.status().ToString()));
    if (!AtRest(one->state()))
      Differs(absl::StrCat(case_no, " is in state ", common::v1::CaseState_Name(one->state())));
    if (one->external_id() != ExternalId(ledger_, number)) {
      Differs(absl::StrCat(case_no, " is of message ", one->external_id(), ", not of ", ExternalId(ledger_, number)));
    }
    if (!versions_.emplace(case_no, one->version()).second) Differs(absl::StrCat("two messages share ", case_no));
    CompareFollowUps(*one);
    const std::int64_t finals = AwaitFinalRisks(one->call_id());
    if (finals != 1) Differs(absl::StrCat(case_no, " has ", finals, " final assessments of its one turn"));
  }

  absl::StatusOr<v1::Case> AwaitRest(const std::string& case_no) {
    v1::GetCaseRequest request;
    request.set_case_no(case_no);
    for (;;) {
      v1::GetCaseResponse response;
      const absl::Status got = cli::Call([&](auto* context) { return intake_->GetCase(context, request, &response); });
      if (!got.ok()) return got;
      if (AtRest(response.case_().state()) || steady_clock::now() >= deadline_) return response.case_();
      std::this_thread::sleep_for(milliseconds{50});
    }
  }

  void CompareFollowUps(const v1::Case& one) {
    followup::v1::ListCaseFollowUpsRequest request;
    request.set_case_no(one.case_no());
    followup::v1::ListCaseFollowUpsResponse planned;
    const absl::Status listed =
        cli::Call([&](auto* context) { return followup_->ListCaseFollowUps(context, request, &planned); });
    // NOT_FOUND: none was ever planned.
    if (!listed.ok() && !absl::IsNotFound(listed)) Differs(absl::StrCat(one.case_no(), ": ", listed.ToString()));
    const int most = one.state() == CaseState::CASE_STATE_ANSWERED_DIRECTLY ? 1 : 0;
    if (planned.follow_ups_size() > most) {
      Differs(absl::StrCat(one.case_no(), " has ", planned.follow_ups_size(), " follow-ups"));
    }
  }

  /// How many final assessments the one turn of a message has, once it has any.
  std::int64_t AwaitFinalRisks(const std::string& call_id) {
    escalation::v1::GetCallRiskRequest request;
    request.set_call_id(call_id);
    for (;;) {
      escalation::v1::GetCallRiskResponse risk;
      const absl::Status got =
          cli::Call([&](auto* context) { return escalation_->GetCallRisk(context, request, &risk); });
      // NOT_FOUND: the event has not come that far.
      if (!got.ok() && !absl::IsNotFound(got)) Differs(absl::StrCat(call_id, ": ", got.ToString()));
      const auto finals =
          std::count_if(risk.turns().begin(), risk.turns().end(), [](const auto& turn) { return !turn.preliminary(); });
      if (finals > 0 || steady_clock::now() >= deadline_) return finals;
      std::this_thread::sleep_for(milliseconds{50});
    }
  }

  std::int64_t CountCases() {
    v1::CountCasesRequest request;
    request.set_site(ledger_.site());
    v1::CountCasesResponse response;
    const absl::Status counted =
        cli::Call([&](auto* context) { return intake_->CountCases(context, request, &response); });
    if (!counted.ok()) Differs(absl::StrCat("cases cannot be counted: ", counted.ToString()));
    return response.total();
  }

  /// 1, 2, 3 ... up to the version a case has: no change lost, none doubled, none before another.
  void CompareChanges() {
    const auto changes = AllChanges();
    for (const auto& [case_no, version] : versions_) {
      std::vector<std::int64_t> expected(static_cast<std::size_t>(version));
      std::iota(expected.begin(), expected.end(), 1);
      const auto found = changes.find(case_no);
      if (found == changes.end() || found->second != expected) {
        Differs(absl::StrCat(case_no, ": a change is lost, doubled or out of order"));
      }
    }
  }

  /// Every change of every case, from the record: case number -> its versions in the order they were written.
  std::map<std::string, std::vector<std::int64_t>> AllChanges() {
    std::map<std::string, std::vector<std::int64_t>> changes;
    grpc::ClientContext context;
    v1::WatchCasesRequest request;
    request.set_site(ledger_.site());
    const auto stream = intake_->WatchCases(&context, request);
    QuietEnd end{context};
    v1::WatchCasesResponse response;
    while (stream->Read(&response)) {
      changes[response.change().case_no()].push_back(response.change().version());
      end.Heard();
    }
    return changes;
  }

  const std::unique_ptr<v1::IntakeService::Stub> intake_;
  const std::unique_ptr<followup::v1::FollowUpService::Stub> followup_;
  const std::unique_ptr<escalation::v1::EscalationService::Stub> escalation_;
  const Ledger& ledger_;
  const steady_clock::time_point deadline_;
  std::map<std::string, std::int64_t> versions_;
  std::vector<std::string> differences_;
};

}  // namespace

void Ledger::Acknowledged(int number, const std::string& case_no, TimePoint asked) {
  const std::lock_guard lock{mutex_};
  acknowledged_.push_back(asked);
  const auto [known, added] = cases_.emplace(number, case_no);
  if (known->second == case_no) return;
  contradictions_.push_back(absl::StrCat("message ", number, " is promised ", known->second, " and ", case_no));
}

void Ledger::Refused(const absl::Status& status, TimePoint asked) {
  const std::lock_guard lock{mutex_};
  refused_.emplace_back(asked, status.code());
}

std::map<int, std::string> Ledger::cases() const {
  const std::lock_guard lock{mutex_};
  return cases_;
}

std::vector<std::string> Ledger::contradictions() const {
  const std::lock_guard lock{mutex_};
  return contradictions_;
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
    absl::Status filed = platform::FromGrpcStatus(stub->FileMessage(&context, Message(ledger, number), &response));
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
      ASSERT_TRUE(filing.broken || absl::IsUnavailable(filed) || absl::IsResourceExhausted(filed) ||
                  absl::IsCancelled(filed) || (hasty && absl::IsDeadlineExceeded(filed)))
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

std::vector<std::string> RecordDifferences(const std::shared_ptr<grpc::Channel>& channel, const Ledger& ledger,
                                           seconds patience, int from) {
  return Comparison{channel, ledger, patience}.Run(from);
}

}  // namespace hotline::tests
