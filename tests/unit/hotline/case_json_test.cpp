// A case as the program prints it: with what sets it apart, and why.
#include "hotline/cli/case_json.h"

#include <gtest/gtest.h>

#include "hotline/cli/names.h"

namespace hotline::cli {
namespace {

TEST(CaseJsonTest, SaysWhatSetsACaseApartAndWhy) {
  intake::v1::Case one;
  one.set_crisis(true);
  one.set_supervised(true);
  common::v1::Evidence& reason = *one.add_evidence();
  reason.set_code("LIFE_SELF_IMPLIED");
  reason.set_words("我用不上了");
  reason.set_turn(4);
  const nlohmann::ordered_json json = ToJson(one);
  EXPECT_EQ(json.at("crisis"), true);
  EXPECT_EQ(json.at("confidential"), false);
  EXPECT_EQ(json.at("supervised"), true);
  ASSERT_EQ(json.at("evidence").size(), 1U);
  EXPECT_EQ(json.at("evidence")[0].dump(), R"({"code":"LIFE_SELF_IMPLIED","evidence":"我用不上了","turn":4})");
}

TEST(CaseJsonTest, ReasonsOfCasesHaveNames) {
  for (const char* code : {"EMERGENCY", "HANDED_OVER", "LEGAL_ROUTE", "INFORMANT_LEAKED", "AGENT_COMPLAINED_OF",
                           "AGENT_DISPATCHED", "MATTER_WORDS", "SET_APART", "SECOND_REQUEST", "KIND_NAMED"}) {
    EXPECT_NE(NameOfReason(code), code);
  }
  EXPECT_EQ(NameOfReason("OF_A_LATER_VERSION"), "OF_A_LATER_VERSION");
}

}  // namespace
}  // namespace hotline::cli
