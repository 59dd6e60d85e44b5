// Turns of a call in order, case numbers, and who a caller is.
#include "intake/domain/call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "china_time.h"
#include "intake/app/private_text.h"
#include "intake/domain/case_number.h"
#include "intake/domain/contact.h"
#include "intake/domain/site.h"
#include "platform/rpc/status.h"

namespace hotline::intake {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(CallTest, TurnsComeWithoutGaps) {
  Call call;
  Turn first{.turn = 1, .speaker = Speaker::kAgent, .at_ms = 100};
  ASSERT_EQ(CheckTurn(call, first).value(), TurnVerdict::kNew);
  Append(call, first);
  EXPECT_EQ(call.last_caller_turn, 0);

  Turn third{.turn = 3, .at_ms = 200};
  const absl::Status gap = CheckTurn(call, third).status();
  EXPECT_EQ(platform::ReasonOf(gap), "TURN_OUT_OF_ORDER");
  EXPECT_THAT(std::string{gap.message()}, HasSubstr("turn 2 is expected"));

  Turn uncounted{.turn = 0, .speaker = Speaker::kCaller, .at_ms = 200};
  ASSERT_EQ(CheckTurn(call, uncounted).value(), TurnVerdict::kNew);
  EXPECT_EQ(uncounted.turn, 2) << "the server counts";
  Append(call, uncounted);
  EXPECT_EQ(call.last_caller_turn, 2);
  EXPECT_EQ(CheckTurn(call, first).value(), TurnVerdict::kRepeat);
}

TEST(CallTest, ItsClockNeverFalls) {
  Call call;
  Append(call, {.turn = 1, .at_ms = 500});
  Turn earlier{.turn = 2, .at_ms = 499};
  EXPECT_THAT(platform::Explain(CheckTurn(call, earlier).status()), HasSubstr("turn.at_ms"));
  EXPECT_THAT(platform::Explain(Close(call, 499, Time{})), HasSubstr("at_ms"));
  EXPECT_FALSE(call.closed());
}

TEST(CallTest, AClosedCallTakesRepeatsOnly) {
  Call call;
  call.started_at = InChina(3, 3);
  Append(call, {.turn = 1, .at_ms = 500});
  ASSERT_TRUE(Close(call, 0, InChina(3, 4)).ok());
  EXPECT_EQ(call.closed_at, InChina(3, 3) + std::chrono::milliseconds{500});
  Turn again{.turn = 1, .at_ms = 500};
  EXPECT_EQ(CheckTurn(call, again).value(), TurnVerdict::kRepeat);
  Turn more{.turn = 2, .at_ms = 600};
  EXPECT_EQ(platform::ReasonOf(CheckTurn(call, more).status()), "CALL_CLOSED");
  EXPECT_EQ(platform::ReasonOf(Close(call, 0, InChina(3, 4))), "CALL_CLOSED");
}

TEST(CallTest, AfterItsEndTimeRunsOnFromTheCallsOwnClock) {
  Call call;
  call.started_at = InChina(3, 3);
  ASSERT_TRUE(Close(call, 60'000, InChina(11, 24, 10)).ok());
  EXPECT_EQ(call.BusinessTime(InChina(11, 24, 10, 30)), InChina(3, 3, 9, 31)) << "replayed months later";
  EXPECT_EQ(call.BusinessTime(InChina(11, 24, 9)), InChina(3, 3, 9, 1)) << "a wall clock set back moves nothing";
}

TEST(CaseNumberTest, IsTheSiteTheDayInChinaAndASerial) {
  EXPECT_EQ(FormatCaseNumber("YZ", DayInChina(InChina(3, 3, 0, 30)), 42), "YZ20260303000042");
  EXPECT_EQ(FormatCaseNumber("HL", DayInChina(InChina(12, 31)), 1'234'567), "HL202612311234567") << "a day of many";
}

TEST(CallerTest, OnePhoneIsOneCallerHoweverItIsWritten) {
  for (const char* phone : {"13800001234", "138-0000-1234", "+86 138 0000 1234", "008613800001234"}) {
    EXPECT_EQ(CallerKey({.phone = phone, .identity_number = "43010219900101123X"}), "13800001234") << phone;
  }
}

TEST(CallerTest, WithoutAPhoneTheIdentityNumberSaysWhoItIsAndANameDoesNot) {
  EXPECT_EQ(CallerKey({.identity_number = "43010219900101123x"}), "43010219900101123X");
  EXPECT_EQ(CallerKey({.name = "王小明", .address = "青桥区"}), "");
}

TEST(PrivateTextTest, KeepsApartWhatItMasks) {
  const MaskedText masked = MaskText("我叫王小明，电话13800001234，楼顶漏水。");
  EXPECT_EQ(masked.text, "我叫[姓名]，电话[电话]，楼顶漏水。");
  EXPECT_THAT(masked.mentions,
              ElementsAre(Field(&PrivateMention::words, "王小明"), Field(&PrivateMention::words, "13800001234")));
  EXPECT_EQ(masked.mentions[1].kind, "电话");
  EXPECT_THAT(MaskText(masked.text).mentions, IsEmpty()) << "masked once is masked for good";
}

TEST(PrivateTextTest, ATurnIsHeardWithItsWordsAndWithoutThem) {
  const HeardTurn heard = Hear({.turn = 3, .text = "我叫王小明，楼顶漏水。", .title = "请回电13800001234"});
  EXPECT_EQ(heard.said.turn, 3);
  EXPECT_EQ(heard.said.text, "我叫王小明，楼顶漏水。") << "what tells a repeat";
  EXPECT_EQ(heard.text.text, MaskText(heard.said.text).text);
  EXPECT_EQ(heard.title.text, MaskText(heard.said.title).text);
  EXPECT_EQ(heard.text.mentions.size(), 1u);
  EXPECT_EQ(heard.title.mentions.size(), 1u);
}

TEST(SitesTest, AreReadFromTheirSettingAndRefusedByEntry) {
  const std::vector<std::string> two = {"yunzhou=YZ=云州市", "hailan=HL=海澜市"};
  const std::vector<std::string> trusting = {"hailan"};
  const auto sites = SiteDirectory::Parse(two, trusting);
  ASSERT_TRUE(sites.ok()) << sites.status();
  EXPECT_EQ(sites->Find("yunzhou")->region, "云州市");
  EXPECT_FALSE(sites->Find("yunzhou")->trusts_call_time);
  EXPECT_TRUE(sites->Find("hailan")->trusts_call_time);
  EXPECT_EQ(sites->Find("nowhere"), nullptr);
  for (const std::string wrong : {"yunzhou=YZ", "yunzhou=yz=云州市", "=YZ=云州市"}) {
    EXPECT_THAT(std::string{SiteDirectory::Parse({&wrong, 1}, {}).status().message()}, HasSubstr(wrong));
  }
  const std::vector<std::string> twins = {"yunzhou=YZ=云州市", "hailan=YZ=海澜市"};
  EXPECT_FALSE(SiteDirectory::Parse(twins, {}).ok()) << "their case numbers would collide";
}

}  // namespace
}  // namespace hotline::intake
