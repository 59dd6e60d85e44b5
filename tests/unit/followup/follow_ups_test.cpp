// The use cases on rows kept in memory: what is promised, not how it is stored.
#include "followup/app/follow_ups.h"

#include <map>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hotline::followup {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;

/// Nobody asks it anything: the rows and events below keep their own books.
class NoTransaction final : public platform::Transaction {
 public:
  std::vector<platform::Row> Query(std::string_view, std::span<const platform::Value>) override { return {}; }
  std::int64_t Execute(std::string_view, std::span<const platform::Value>) override { return 0; }
  void Write(std::string_view, std::span<const platform::Value>) override {}
  void Publish(std::string_view, platform::Event) override {}
  void OnWritten(std::function<void()>) override {}
  void OnCommit(std::function<void()>) override {}
};

class MemoryTable final : public FollowUpTable {
 public:
  std::optional<FollowUp> Find(platform::Session&, std::string_view id) override {
    const auto row = rows.find(std::string{id});
    return row == rows.end() ? std::nullopt : std::optional{row->second};
  }
  std::vector<FollowUp> OfCase(platform::Session&, std::string_view, std::string_view case_no) override {
    std::vector<FollowUp> found;
    for (const auto& [id, row] : rows) {
      if (row.case_no == case_no) found.push_back(row);
    }
    return found;
  }
  DuePage Due(platform::Session&, const DueQuery&) override { return {}; }
  void ForEach(platform::Session&, const CountQuery&, const std::function<void(const FollowUp&)>&) override {}
  void Insert(platform::Transaction&, const FollowUp& follow_up, const Change& change) override {
    EXPECT_TRUE(rows.emplace(follow_up.id, follow_up).second);
    changes.push_back(std::string{change.action} + " by " + change.actor);
  }
  absl::Status Update(platform::Transaction&, const FollowUp& follow_up, const Change& change) override {
    if (rows.at(follow_up.id).version != follow_up.version - 1) return absl::AbortedError("changed meanwhile");
    rows[follow_up.id] = follow_up;
    changes.push_back(std::string{change.action} + " by " + change.actor);
    return absl::OkStatus();
  }

  std::map<std::string, FollowUp> rows;
  std::vector<std::string> changes;
};

class RememberedEvents final : public FollowUpEvents {
 public:
  void Scheduled(platform::Transaction&, const FollowUp& follow_up, Time) override {
    said.push_back("scheduled " + follow_up.id);
  }
  void Recorded(platform::Transaction&, const FollowUp& follow_up, Time) override {
    said.push_back("recorded " + follow_up.id + (MustReopen(*follow_up.outcome) ? ", reopen" : ""));
  }
  std::vector<std::string> said;
};

class FollowUpsTest : public testing::Test {
 protected:
  void CaseIs(Standing standing, int reopenings = 0) {
    const CaseSnapshot snapshot{
        .site = "yz", .case_no = "C1", .standing = standing, .reopenings = reopenings, .changed_at = now_};
    ASSERT_TRUE(follow_ups_.Follow(tx_, snapshot).ok());
  }
  absl::Status Record(std::int64_t version, Outcome outcome, std::string_view id = "yz/C1/1") {
    return follow_ups_.Record(tx_, id, version, std::move(outcome), {"desk-1", now_}).status();
  }
  const FollowUp& First() const { return table_.rows.at("yz/C1/1"); }

  const Time now_{hours{24 * 20'000}};
  const SitePolicy policy_{};
  NoTransaction tx_;
  MemoryTable table_;
  RememberedEvents events_;
  FollowUps follow_ups_{table_, events_, [this](std::string_view) -> const SitePolicy& { return policy_; }};
};

TEST_F(FollowUpsTest, PlansOneFollowUpHoweverOftenTheCaseSaysThatItWaits) {
  CaseIs(Standing::kAnswered);
  CaseIs(Standing::kAnswered);
  EXPECT_EQ(First().due_at, now_ + hours{24});
  EXPECT_THAT(events_.said, ElementsAre("scheduled yz/C1/1"));
  EXPECT_THAT(table_.changes, ElementsAre("scheduled by system"));
}

TEST_F(FollowUpsTest, DoesNotAskAgainAboutWhatIsRecorded) {
  CaseIs(Standing::kAnswered);
  ASSERT_TRUE(Record(1, {.contacted = true, .solved = true}).ok());
  CaseIs(Standing::kAnswered);
  EXPECT_EQ(First().state, FollowUpState::kRecorded);
  EXPECT_EQ(First().version, 2) << "the outcome must not be reset";
}

TEST_F(FollowUpsTest, PlansNothingForACaseWithoutAnAnswer) {
  CaseIs(Standing::kElsewhere);
  CaseIs(Standing::kClosed);
  EXPECT_THAT(table_.rows, IsEmpty());
}

TEST_F(FollowUpsTest, CallsOffWhatACaseNoLongerWaitsFor) {
  CaseIs(Standing::kAnswered);
  CaseIs(Standing::kReopened, 1);
  EXPECT_EQ(First().state, FollowUpState::kCancelled);
  EXPECT_EQ(First().exclusion, "回访前重新办理");
  EXPECT_EQ(Record(2, {.contacted = true}).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(FollowUpsTest, KeepsWhatWasRecordedWhenTheCaseIsReopened) {
  CaseIs(Standing::kAnswered);
  ASSERT_TRUE(Record(1, {.contacted = true, .solved = false}).ok());
  CaseIs(Standing::kReopened, 1);
  EXPECT_EQ(First().state, FollowUpState::kRecorded);
  CaseIs(Standing::kAnswered, 1);
  EXPECT_EQ(table_.rows.at("yz/C1/2").round, 2);
  EXPECT_THAT(events_.said, ElementsAre("scheduled yz/C1/1", "recorded yz/C1/1, reopen", "scheduled yz/C1/2"));
}

TEST_F(FollowUpsTest, TakesUpTheSameRoundWhenAMergeIsUndone) {
  CaseIs(Standing::kAnswered);
  CaseIs(Standing::kMerged);
  CaseIs(Standing::kAnswered);
  EXPECT_EQ(First().state, FollowUpState::kDue);
  EXPECT_EQ(First().exclusion, "");
  EXPECT_EQ(First().version, 3);
  EXPECT_EQ(table_.rows.size(), 1U);
}

TEST_F(FollowUpsTest, NamesWhoRecordedAndMasksWhatTheCallerSaid) {
  CaseIs(Standing::kAnswered);
  ASSERT_TRUE(Record(1, {.contacted = true, .solved = true, .verbatim = "打13800001234找我"}).ok());
  EXPECT_EQ(First().actor, "desk-1");
  EXPECT_EQ(First().outcome->verbatim.find("13800001234"), std::string::npos);
  EXPECT_THAT(table_.changes, ElementsAre("scheduled by system", "recorded by desk-1"));
}

TEST_F(FollowUpsTest, TellsNobodyOfAnAttemptThatIsNotTheLast) {
  CaseIs(Standing::kAnswered);
  ASSERT_TRUE(Record(1, {.contacted = false}).ok());
  EXPECT_THAT(events_.said, ElementsAre("scheduled yz/C1/1"));
  ASSERT_TRUE(Record(2, {.contacted = false}).ok());
  ASSERT_TRUE(Record(3, {.contacted = false}).ok());
  EXPECT_THAT(events_.said, ElementsAre("scheduled yz/C1/1", "recorded yz/C1/1")) << "unreached: intake must know";
}

TEST_F(FollowUpsTest, PublishesNothingWhenItLosesARace) {
  CaseIs(Standing::kAnswered);
  ASSERT_TRUE(Record(1, {.contacted = true, .solved = true}).ok());
  EXPECT_EQ(Record(1, {.contacted = true, .solved = false}).code(), absl::StatusCode::kAborted);
  EXPECT_THAT(events_.said, ElementsAre("scheduled yz/C1/1", "recorded yz/C1/1"));
}

TEST_F(FollowUpsTest, KnowsNoOtherFollowUps) {
  EXPECT_EQ(Record(1, {.contacted = true}, "yz/C9/1").code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(follow_ups_.Exclude(tx_, "yz/C9/1", 1, "重复", {"desk-1", now_}).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(FollowUpsTest, ExcludesWithAReasonAndAName) {
  CaseIs(Standing::kAnswered);
  EXPECT_EQ(follow_ups_.Exclude(tx_, "yz/C1/1", 7, "重复", {"boss", now_}).status().code(), absl::StatusCode::kAborted);
  ASSERT_TRUE(follow_ups_.Exclude(tx_, "yz/C1/1", 1, "重复", {"boss", now_}).ok());
  EXPECT_EQ(First().exclusion, "重复");
  EXPECT_THAT(table_.changes, ElementsAre("scheduled by system", "excluded by boss"));
}

}  // namespace
}  // namespace hotline::followup
