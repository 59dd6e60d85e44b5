// When a matter comes again: the new case is linked to the first of its kind.
#include "intake/domain/repeats.h"

#include <gtest/gtest.h>

#include "china_time.h"

namespace hotline::intake {
namespace {

Case Now(const std::string& text, std::string topic = "城乡建设") {
  Case filed;
  filed.case_no = "YZ20260303000009";
  filed.kind = CaseKind::kComplaint;
  filed.topic = std::move(topic);
  filed.title = "楼顶漏水";
  filed.text = text;
  filed.opened_at = InChina(3, 3);
  return filed;
}

EarlierCase Before(const std::string& case_no, unsigned day, const std::string& summary) {
  return {
      .case_no = case_no, .at = InChina(2, day), .summary = summary, .kind = CaseKind::kComplaint, .topic = "城乡建设"};
}

const std::string kLeak = "锦绣花园三号楼楼顶漏水，物业一直没修";

TEST(RepeatsTest, TheThirdTimeIsLinkedToTheFirst) {
  Case third = Now("锦绣花园三号楼楼顶又漏水了，物业还是没修好");
  LinkRepeats(third, {Before("second", 20, "锦绣花园三号楼楼顶还在漏水"), Before("first", 2, kLeak)});
  EXPECT_EQ(third.repeats, 2);
  EXPECT_EQ(third.parent_case_no, "first");
}

TEST(RepeatsTest, WhereTheFirstIsLinkedItselfItsParentIsTheParent) {
  EarlierCase second = Before("second", 20, kLeak);
  second.parent_case_no = "first";  // Too long ago to be among the caller's cases read.
  Case third = Now(kLeak);
  LinkRepeats(third, {second});
  EXPECT_EQ(third.parent_case_no, "first");
}

TEST(RepeatsTest, AnotherMatterOfTheSameCallerStandsAlone) {
  Case filed = Now(kLeak);
  LinkRepeats(filed, {Before("other", 2, "公交车末班太早，孩子下晚自习没车回家")});
  EXPECT_EQ(filed.repeats, 0);
  EXPECT_EQ(filed.parent_case_no, "");
}

TEST(RepeatsTest, TopicsThatAreKnownMustAgree) {
  EarlierCase heating = Before("heating", 2, kLeak);
  heating.topic = "民政";
  Case filed = Now(kLeak);
  LinkRepeats(filed, {heating});
  EXPECT_EQ(filed.repeats, 0);
  heating.topic = "";  // Imported without one.
  LinkRepeats(filed, {heating});
  EXPECT_EQ(filed.repeats, 1);
}

TEST(RepeatsTest, PraiseRepeatsNothingAndIsNotRepeated) {
  EarlierCase praise = Before("praise", 2, kLeak);
  praise.kind = CaseKind::kPraise;
  Case complaint = Now(kLeak);
  LinkRepeats(complaint, {praise});
  EXPECT_EQ(complaint.repeats, 0);
  Case thanks = Now(kLeak);
  thanks.kind = CaseKind::kPraise;
  LinkRepeats(thanks, {Before("first", 2, kLeak)});
  EXPECT_EQ(thanks.repeats, 0);
}

TEST(RepeatsTest, WhatCameLaterIsNoRepeat) {
  EarlierCase later = Before("later", 2, kLeak);
  later.at = InChina(3, 4);
  Case filed = Now(kLeak);
  LinkRepeats(filed, {later});
  EXPECT_EQ(filed.repeats, 0);
}

TEST(RepeatsTest, LinkingTwiceCountsOnce) {
  Case filed = Now(kLeak);
  for (int i = 0; i < 2; ++i) LinkRepeats(filed, {Before("first", 2, kLeak)});
  EXPECT_EQ(filed.repeats, 1);
}

}  // namespace
}  // namespace hotline::intake
