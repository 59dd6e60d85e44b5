// What a request may hold: every refusal names its field.
#include "classification/rpc/requests.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/rpc/status.h"

namespace hotline::classification {
namespace {

using testing::HasSubstr;

void ExpectRefused(const absl::Status& status, const std::string& field) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(platform::Explain(status), HasSubstr(field));
}

TEST(RequestsTest, AmongHoldsTopicsOnly) {
  v1::ClassifyTopicsRequest request;
  request.add_texts("");
  request.add_among("交通运输");
  request.add_among("民政");
  EXPECT_TRUE(Check(request).ok()) << "an empty text is a text";
  request.add_among("天气");
  ExpectRefused(Check(request), "among[2]");
}

TEST(RequestsTest, AThousandTextsAreTheMost) {
  v1::ClassifyTopicsRequest request;
  for (int i = 0; i < 1000; ++i) request.add_texts("文");
  EXPECT_TRUE(Check(request).ok());
  request.add_texts("文");
  ExpectRefused(Check(request), "texts");
}

TEST(RequestsTest, TextsAreBounded) {
  v1::ClassifyPostEmotionsRequest request;
  request.add_texts("短");
  request.add_texts(std::string(20'001, 'a'));
  ExpectRefused(Check(request), "texts[1]");
  v1::ClassifyTextRequest text;
  ExpectRefused(Check(text), "text");
}

TEST(RequestsTest, DialoguesHaveAStyleAndSpeakers) {
  v1::ForecastSatisfactionRequest request;
  request.add_dialogues()->add_turns()->set_text("在吗");
  const absl::Status status = Check(request);
  ExpectRefused(status, "dialogues[0].style");
  ExpectRefused(status, "dialogues[0].turns[0].speaker");
}

TEST(RequestsTest, HotIssuesArePaged) {
  v1::ListHotIssuesRequest request;
  ExpectRefused(IssueQueryOf(request).status(), "site");
  request.set_site("s");
  EXPECT_EQ(IssueQueryOf(request)->limit, 20);
  request.set_page_size(101);
  request.set_page_token("nonsense");
  const absl::Status status = IssueQueryOf(request).status();
  ExpectRefused(status, "page_size");
  ExpectRefused(status, "page_token");
}

TEST(RequestsTest, AnUnderstandingNeedsACall) { ExpectRefused(Check(v1::GetUnderstandingRequest{}), "call_id"); }

}  // namespace
}  // namespace hotline::classification
