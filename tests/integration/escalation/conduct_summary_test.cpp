// What many reviews have in common, as a director asks for it: on the real store, over the wire.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "contracts/timestamp.h"
#include "escalation/adapters/sql_call_table.h"
#include "escalation_fixture.h"

namespace hotline::escalation {
namespace {

using platform::Role;
using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Time kMonday = *platform::ParseTime("2026-03-02T09:00:00+08:00");

class ConductSummaryTest : public EscalationTest {
 protected:
  /// Calls as they are when they have been reviewed.
  void Keep(const std::vector<ReviewedCall>& reviews, bool message = false) {
    const absl::Status kept = resources_->store.InTransaction([&](platform::Transaction& tx) {
      for (const ReviewedCall& review : reviews) {
        static_cast<void>(table_.Lock(tx, review.call_id, review.site));
        table_.Open(tx, {.call_id = review.call_id,
                         .site = review.site,
                         .started_at = review.started_at,
                         .message = message,
                         .caller_tags = {},
                         .history = {}});
        table_.KeepReview(tx, review.call_id, review.conduct);
      }
      return absl::OkStatus();
    });
    ASSERT_TRUE(kept.ok()) << kept;
  }

  absl::StatusOr<v1::GetConductSummaryResponse> Ask(const v1::GetConductSummaryRequest& request,
                                                    Role role = Role::kDirector) {
    v1::GetConductSummaryResponse response;
    const absl::Status told = Call(&v1::EscalationService::Stub::GetConductSummary, request, response, role);
    if (!told.ok()) return told;
    return response;
  }

  v1::GetConductSummaryResponse Summary(const std::string& site = "", std::optional<Time> since = {},
                                        std::optional<Time> until = {}) {
    v1::GetConductSummaryRequest request;
    request.set_site(site);
    if (since) *request.mutable_since() = contracts::ToTimestamp(*since);
    if (until) *request.mutable_until() = contracts::ToTimestamp(*until);
    const auto summary = Ask(request);
    EXPECT_TRUE(summary.ok()) << summary.status();
    return summary.value_or(v1::GetConductSummaryResponse{});
  }

 private:
  SqlCallTable table_;
};

ReviewedCall Reviewed(const std::string& call_id, const std::string& site, Time at, std::optional<bool> soothed,
                      std::vector<ConductFinding> findings = {}) {
  return {.call_id = call_id,
          .site = site,
          .started_at = at,
          .conduct = {.restated = soothed.value_or(true), .soothe_first = soothed, .findings = std::move(findings)}};
}

TEST_F(ConductSummaryTest, CountsCallsAndNamesTheLastOnes) {
  Keep({Reviewed("C1", "yunzhou", kMonday, false,
                 {{2, "FORBIDDEN_PHRASE", "这不归我管"},
                  {4, "BLAMED_OTHERS", "您自己没看清"},
                  {6, "FORBIDDEN_PHRASE", "没办法"}}),
        Reviewed("C2", "yunzhou", kMonday + hours{1}, true),
        Reviewed("C3", "yunzhou", kMonday + hours{2}, std::nullopt, {{2, "FORBIDDEN_PHRASE", "说了不行"}}),
        Reviewed("C4", "hailan", kMonday, true)});
  const v1::GetConductSummaryResponse summary = Summary();
  ASSERT_THAT(summary.sites(), SizeIs(2)) << "each site by itself, by name";
  EXPECT_EQ(summary.sites(0).site(), "hailan");
  EXPECT_THAT(summary.sites(0).findings(), IsEmpty());
  const v1::SiteConduct& site = summary.sites(1);
  EXPECT_EQ(site.calls(), 3);
  EXPECT_EQ(site.restated(), 2);
  EXPECT_EQ(site.upset(), 2);
  EXPECT_EQ(site.soothed_first(), 1);
  ASSERT_THAT(site.findings(), SizeIs(2));
  const v1::FindingSummary& forbidden = site.findings(0);
  EXPECT_EQ(forbidden.rule(), "FORBIDDEN_PHRASE") << "what is found in most calls comes first";
  EXPECT_EQ(forbidden.calls(), 2);
  EXPECT_EQ(forbidden.times(), 3);
  ASSERT_THAT(forbidden.examples(), SizeIs(2)) << "one of a call";
  EXPECT_EQ(forbidden.examples(0).call_id(), "C3");
  EXPECT_EQ(forbidden.examples(0).words(), "说了不行");
  EXPECT_EQ(forbidden.examples(1).call_id(), "C1");
  EXPECT_EQ(forbidden.examples(1).turn(), 2);
  EXPECT_EQ(site.findings(1).rule(), "BLAMED_OTHERS");
  EXPECT_THAT(Summary("hailan").sites(), SizeIs(1));
  EXPECT_THAT(Summary("nowhere").sites(), IsEmpty());
}

TEST_F(ConductSummaryTest, ASpanHoldsWhatBeganInIt) {
  Keep({Reviewed("C1", "yunzhou", kMonday - std::chrono::milliseconds{1}, true),
        Reviewed("C2", "yunzhou", kMonday, true), Reviewed("C3", "yunzhou", kMonday + hours{24}, true)});
  EXPECT_EQ(Summary("", kMonday, kMonday + hours{24}).sites(0).calls(), 1);
  EXPECT_EQ(Summary("", kMonday).sites(0).calls(), 2);
  EXPECT_EQ(Summary("", std::nullopt, kMonday).sites(0).calls(), 1);
  EXPECT_EQ(Summary().sites(0).calls(), 3);
}

TEST_F(ConductSummaryTest, LettersAndCallsThatGoOnDoNotCount) {
  Keep({Reviewed("L1", "yunzhou", kMonday, std::nullopt)}, /*message=*/true);
  Open("C1");
  Say("C1", 1, common::v1::SPEAKER_CALLER, "怎么又断电了");
  Understand("C1", 1, common::v1::EMOTION_ANGRY);
  AwaitFinal("C1", 1);
  EXPECT_THAT(Summary().sites(), IsEmpty());
  Close("C1", 1);
  AwaitReviewed("C1");
  ASSERT_THAT(Summary().sites(), SizeIs(1));
  EXPECT_EQ(Summary().sites(0).calls(), 1);
}

TEST_F(ConductSummaryTest, AYearOfReviewsIsCountedPageByPage) {
  std::vector<ReviewedCall> year;
  year.reserve(4'500);
  for (int i = 0; i < 4'500; ++i) {  // Many begin in the same moment, where pages end.
    year.push_back(Reviewed(fmt::format("C{:05}", i), "yunzhou", kMonday + hours{i / 1'500}, i % 2 == 0,
                            {{2, "FORBIDDEN_PHRASE", fmt::format("第{}", i)}}));
  }
  Keep(year);
  const v1::GetConductSummaryResponse summary = Summary();
  EXPECT_EQ(summary.sites(0).calls(), 4'500);
  EXPECT_EQ(summary.sites(0).soothed_first(), 2'250);
  ASSERT_THAT(summary.sites(0).findings(), SizeIs(1));
  std::vector<std::string> last;
  for (const auto& example : summary.sites(0).findings(0).examples()) last.push_back(example.words());
  EXPECT_THAT(last, ElementsAre("第4499", "第4498", "第4497"));
}

TEST_F(ConductSummaryTest, IsForWhoLooksAfterManyCalls) {
  for (const Role role : {Role::kSupervisor, Role::kDirector, Role::kSystem}) EXPECT_TRUE(Ask({}, role).ok());
  for (const Role role : {Role::kAgent, Role::kKnowledge, Role::kFollowUp})
    EXPECT_TRUE(absl::IsPermissionDenied(Ask({}, role).status()));
  v1::GetConductSummaryRequest backwards;
  *backwards.mutable_since() = contracts::ToTimestamp(kMonday);
  *backwards.mutable_until() = contracts::ToTimestamp(kMonday - hours{1});
  EXPECT_THAT(platform::Explain(Ask(backwards).status()), testing::HasSubstr("since is after until"));
}

}  // namespace
}  // namespace hotline::escalation
