#include "platform/rpc/texts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hotline/intake/v1/intake_service.pb.h>

#include "platform/rpc/status.h"

namespace hotline::platform {
namespace {

using testing::HasSubstr;

const std::string kCut{"a\0b", 3};

TEST(TextsTest, LetsEveryWholeTextPass) {
  intake::v1::ImportCasesRequest request;
  EXPECT_TRUE(CheckTexts(request).ok());
  request.add_cases()->set_summary("路灯坏了 '\"; -- \x7f");
  EXPECT_TRUE(CheckTexts(request).ok());
}

TEST(TextsTest, NamesTheTextThatWouldBeCut) {
  intake::v1::ImportCasesRequest request;
  request.add_cases()->mutable_contact()->set_phone("13800001234");
  request.add_cases()->mutable_contact()->set_phone(kCut);
  const absl::Status status = CheckTexts(request);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Explain(status), HasSubstr("cases[1].contact.phone"));
}

TEST(TextsTest, LooksIntoListsOfTexts) {
  intake::v1::OpenCallRequest request;
  request.add_caller_tags("高龄");
  request.add_caller_tags(kCut);
  EXPECT_THAT(Explain(CheckTexts(request)), HasSubstr("caller_tags[1]"));
}

}  // namespace
}  // namespace hotline::platform
