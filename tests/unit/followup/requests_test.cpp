// Every bad field of a request is named; what is left out has its stated meaning.
#include "followup/rpc/requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hotline::followup {
namespace {

using testing::HasSubstr;
using testing::Not;

const Time kNow{std::chrono::hours{24 * 20'000}};

void ExpectBad(const absl::Status& status, std::string_view field) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string{status.message()}, HasSubstr(std::string{field}));
}

v1::RecordOutcomeRequest Solved() {
  v1::RecordOutcomeRequest request;
  request.set_follow_up_id("yz/C1/1");
  request.set_expected_version(1);
  request.mutable_outcome()->set_contacted(true);
  request.mutable_outcome()->set_solved(true);
  return request;
}

TEST(OutcomeRequestTest, TellsUnsolvedFromUnasked) {
  v1::RecordOutcomeRequest request = Solved();
  EXPECT_EQ(OutcomeOf(request)->solved, true);
  request.mutable_outcome()->set_solved(false);
  EXPECT_EQ(OutcomeOf(request)->solved, false);
  request.mutable_outcome()->clear_solved();
  EXPECT_EQ(OutcomeOf(request)->solved, std::nullopt);
}

TEST(OutcomeRequestTest, NamesEveryFieldThatIsMissing) {
  const absl::Status status = OutcomeOf({}).status();
  for (const std::string_view field : {"follow_up_id", "expected_version", "outcome"}) ExpectBad(status, field);
}

TEST(OutcomeRequestTest, NamesTheRatingItDoesNotKnow) {
  v1::RecordOutcomeRequest request = Solved();
  request.mutable_outcome()->set_department_rating(static_cast<common::v1::Rating>(9));
  ExpectBad(OutcomeOf(request).status(), "outcome.department_rating");
  request.mutable_outcome()->set_department_rating(common::v1::RATING_SATISFIED);
  request.mutable_outcome()->set_hotline_rating(static_cast<common::v1::Rating>(-1));
  ExpectBad(OutcomeOf(request).status(), "outcome.hotline_rating");
}

TEST(OutcomeRequestTest, NamesTheAnswerThatCouldNotHaveBeenGiven) {
  v1::RecordOutcomeRequest request = Solved();
  request.mutable_outcome()->set_contacted(false);
  ExpectBad(OutcomeOf(request).status(), "outcome.solved");
}

TEST(OutcomeRequestTest, CountsCharactersNotBytes) {
  v1::RecordOutcomeRequest request = Solved();
  std::string words;
  for (int i = 0; i < kMaxVerbatimCharacters; ++i) words += "好";
  request.mutable_outcome()->set_verbatim(words);
  EXPECT_TRUE(OutcomeOf(request).ok());
  request.mutable_outcome()->set_verbatim(words + "a");
  ExpectBad(OutcomeOf(request).status(), "outcome.verbatim");
}

TEST(DueRequestTest, MeansEverythingDueByNowWhenItSaysNothing) {
  const auto query = DueQueryOf({}, kNow);
  ASSERT_TRUE(query.ok());
  EXPECT_EQ(query->due_by, kNow);
  EXPECT_EQ(query->limit, 100);
  EXPECT_EQ(query->ask_by, std::nullopt);
}

TEST(DueRequestTest, NamesEachBadField) {
  v1::ListDueFollowUpsRequest request;
  request.set_site(std::string(300, 'x'));
  request.mutable_due_by()->set_nanos(-1);
  request.set_ask_by(static_cast<v1::AskBy>(77));
  request.set_page_size(1'001);
  request.set_page_token("%%%");
  const absl::Status status = DueQueryOf(request, kNow).status();
  for (const std::string_view field : {"site", "due_by", "ask_by", "page_size", "page_token"}) ExpectBad(status, field);
}

TEST(DueRequestTest, ReadsTheTokensItGives) {
  FollowUp last;
  last.id = "yz/C 1/1";
  last.next_attempt_at = kNow;
  v1::ListDueFollowUpsRequest request;
  request.set_page_token(PageTokenAfter(last));
  const auto query = DueQueryOf(request, kNow);
  ASSERT_TRUE(query.ok());
  EXPECT_EQ(query->after->id, last.id);
  EXPECT_EQ(query->after->next_attempt_at, kNow);
}

TEST(RatesRequestTest, EndsNowAndBeginsWithTheFirstWhenItSaysNothing) {
  const auto query = RatesQueryOf({}, kNow);
  ASSERT_TRUE(query.ok());
  EXPECT_EQ(query->count.until, kNow);
  EXPECT_EQ(query->count.since, Time{});
}

TEST(RatesRequestTest, NamesEachBadField) {
  v1::GetRatesRequest request;
  request.mutable_since()->set_seconds(-1'000'000'000'000);
  request.mutable_until()->set_seconds(1'000'000'000'000);
  request.set_group_by(static_cast<v1::GetRatesRequest::GroupBy>(9));
  request.set_department(std::string(300, 'x'));
  const absl::Status status = RatesQueryOf(request, kNow).status();
  for (const std::string_view field : {"since", "until", "group_by", "department"}) ExpectBad(status, field);
}

TEST(RatesRequestTest, RefusesAPeriodThatEndsBeforeItBegins) {
  v1::GetRatesRequest request;
  request.mutable_since()->set_seconds(200);
  request.mutable_until()->set_seconds(100);
  ExpectBad(RatesQueryOf(request, kNow).status(), "since");
}

TEST(ExcludeRequestTest, NeedsAReason) {
  v1::ExcludeFollowUpRequest request;
  request.set_follow_up_id("yz/C1/1");
  request.set_expected_version(1);
  ExpectBad(Check(request), "reason");
  request.set_reason("恶意差评");
  EXPECT_TRUE(Check(request).ok());
}

}  // namespace
}  // namespace hotline::followup
