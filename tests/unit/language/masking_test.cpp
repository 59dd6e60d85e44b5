#include "language/masking.h"

#include <gtest/gtest.h>

namespace hotline::language {
namespace {

struct MaskCase {
  const char* text;
  const char* masked;
};

class MaskingTest : public testing::TestWithParam<MaskCase> {};

TEST_P(MaskingTest, TakesOutWhatIsPrivateAndNothingElse) {
  EXPECT_EQ(MaskPrivate(GetParam().text).text, GetParam().masked);
}

INSTANTIATE_TEST_SUITE_P(Phones, MaskingTest,
                         testing::Values(MaskCase{"我电话13800001234，白天都在", "我电话[电话]，白天都在"},
                                         MaskCase{"１３８ ００００ １２３４", "[电话]"},
                                         MaskCase{"138-0000-1234打我", "[电话]打我"},
                                         MaskCase{"+8613800001234", "+[电话]"},
                                         MaskCase{"一三八零零零零一二三四，记下了吧", "[电话]，记下了吧"},
                                         MaskCase{"幺三八，零零零零，幺二三四", "[电话]"},
                                         MaskCase{"座机0731-85551234", "座机[电话]"},
                                         MaskCase{"家里座机是85551234", "家里座机是[电话]"},
                                         MaskCase{"微信号码 13900001111 和 13900002222", "微信号码 [电话] 和 [电话]"}));

INSTANTIATE_TEST_SUITE_P(Numbers, MaskingTest,
                         testing::Values(MaskCase{"身份证号430102199001011234", "身份证号[身份证]"},
                                         MaskCase{"43010219900101123x的", "[身份证]的"},
                                         MaskCase{"卡号6222 0200 1234 5678 123", "卡号[银行卡]"},
                                         MaskCase{"车牌湘A12345占了通道", "车牌[车牌]占了通道"},
                                         MaskCase{"粤B·D12345那辆", "[车牌]那辆"}));

INSTANTIATE_TEST_SUITE_P(Names, MaskingTest,
                         testing::Values(MaskCase{"我叫王小明，住在柳河区", "我叫[姓名]，住在柳河区"},
                                         MaskCase{"免贵姓李。", "免贵姓[姓名]。"},
                                         MaskCase{"我姓赵，想问一下", "我姓[姓名]，想问一下"},
                                         MaskCase{"本人张丽，系业主", "本人[姓名]，系业主"},
                                         MaskCase{"我是陈建国", "我是[姓名]"},
                                         MaskCase{"联系人：欧阳志远", "联系人：[姓名]"}));

INSTANTIATE_TEST_SUITE_P(LeftAlone, MaskingTest,
                         testing::Values(MaskCase{"欠我12000元，三个月了", "欠我12000元，三个月了"},
                                         MaskCase{"拨打12345没人接", "拨打12345没人接"},
                                         MaskCase{"云政规〔2025〕3号第十八条", "云政规〔2025〕3号第十八条"},
                                         MaskCase{"工单YZ202603030001", "工单YZ202603030001"},
                                         MaskCase{"2026年3月3日，19:30", "2026年3月3日，19:30"},
                                         MaskCase{"一共二百三十一户", "一共二百三十一户"},
                                         MaskCase{"我是想问一下政策", "我是想问一下政策"},
                                         MaskCase{"我是业主，住三楼", "我是业主，住三楼"},
                                         MaskCase{"湖畔新苑七号楼二单元602", "湖畔新苑七号楼二单元602"},
                                         MaskCase{"", ""}));

TEST(MaskPrivateTest, KeepsWhatItTookOutForThoseWhoMaySeeIt) {
  const std::string text = "我叫王小明，电话13800001234。";
  const MaskedText masked = MaskPrivate(text);
  ASSERT_EQ(masked.findings.size(), 2U);
  EXPECT_EQ(masked.findings[0].kind, PrivateKind::kName);
  EXPECT_EQ(masked.findings[1].value, "13800001234");
  EXPECT_EQ(text.substr(masked.findings[1].begin, masked.findings[1].end - masked.findings[1].begin),
            masked.findings[1].value);
}

TEST(MaskPrivateTest, MasksItsOwnOutputToItself) {
  const std::string once = MaskPrivate("我叫王小明，电话13800001234，身份证430102199001011234").text;
  EXPECT_EQ(MaskPrivate(once).text, once);
}

TEST(MaskPrivateTest, SurvivesAnyBytes) {
  EXPECT_NO_THROW((void)MaskPrivate(std::string{"\xff\xfe\xe4\xbd 138\0 0000", 14}));
}

}  // namespace
}  // namespace hotline::language
