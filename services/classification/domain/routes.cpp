#include "classification/domain/routes.h"

#include <algorithm>
#include <array>

#include "language/patterns.h"

namespace hotline::classification {
namespace {

using language::Pattern;

/// Words of a caller that lead somewhere.
struct Rule {
  Pattern pattern;
  std::string_view result;
};

template <std::size_t n>
std::optional<std::pair<std::string_view, Evidence>> FirstOf(const std::array<Rule, n>& rules,
                                                             std::span<const Turn> turns, const char* code) {
  for (const Rule& rule : rules) {
    for (const Turn& turn : turns) {
      if (turn.speaker != Speaker::kCaller) continue;
      if (const auto found = rule.pattern.FindAll(turn.text); !found.empty()) {
        return std::pair{rule.result, Evidence{code, found.front().words, turn.number}};
      }
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<LegalRoute> FindLegalRoute(std::span<const Turn> turns) {
  static const std::array<Rule, 5> kRules = {
      Rule{Pattern{"(?:不服|推翻|改)(?:法院)?(?:一审|二审|终审)?(?:的)?判决|法院(?:已经)?(?:判|立案|开庭)[^，。]{0,6}(?"
                   ":不服|不公|不执行)|(?:正在|已经)打官司|法院不(?:给)?执行"},
           "人民法院（诉讼）"},
      Rule{Pattern{"(?:不服|推翻|重新)(?:劳动)?仲裁|仲裁(?:结果|裁决)(?:不公|不对|不服)|(?:正在|已经|申请了)(?:走)?(?:"
                   "劳动)?仲裁"},
           "仲裁机构（仲裁）"},
      Rule{Pattern{"(?:申请|提起|要|想)行政复议|不服(?:这个)?行政处罚|处罚决定书[^，。]{0,6}不服"},
           "行政复议机关（行政复议）"},
      Rule{Pattern{"(?:申请|要求)(?:政府)?信息公开|依申请公开"}, "政府信息公开工作机构（信息公开）"},
      Rule{Pattern{"(?:书记|主任|局长|科长|镇长|乡长|县长|领导|干部|会计|村长)[^。！!？?]{0,16}(?:贪污|受贿|收(?:了)?(?"
                   ":红包|好处|钱)|挪用|回扣|套取|冒领|截留|克扣|吃拿卡要|好处费|跑腿费|公款|私吞)"},
           "纪检监察机关（12388）"}};
  const auto found = FirstOf(kRules, turns, "LEGAL_ROUTE");
  if (!found) return std::nullopt;
  return LegalRoute{std::string{found->first}, found->second};
}

std::vector<std::string> CallerTags(std::span<const std::string> known, std::span<const Turn> turns) {
  static const std::array<Rule, 12> kRules = {
      Rule{Pattern{"我(?:今年|都|也|已经)?(?:快)?(?:[七八九]十[一二三四五六七八九]?|[789][0-9])(?:多)?岁?(?:了|的人)|"
                   "我(?:一个)?老(?:头子|太婆|太太|汉)"},
           "高龄"},
      Rule{Pattern{"(?:我)?(?:耳朵|听力)(?:不好|背|听不|不行)|我(?:是)?(?:聋|听障)"}, "听力不便"},
      Rule{
          Pattern{
              "我是外国人|我的中文|我(?:是)?(?:从)?(?:美国|英国|法国|德国|俄罗斯|韩国|日本|意大利|巴西|印度)(?:来|人)"},
          "外籍"},
      Rule{Pattern{"(?:我们?|俺)(?:是)?(?:来|在)?(?:工地|打工|干活)|农民工|带班的|包工头[^，。]{0,8}(?:欠|不给|跑)"},
           "农民工"},
      Rule{Pattern{"我(?:怀孕|怀着|有身孕)|我(?:是)?孕妇|我[^，。]{0,4}(?:个多?月)?身孕"}, "孕妇"},
      Rule{Pattern{"我(?:是)?(?:个)?(?:残疾|坐轮椅|盲人|视障|肢体)"}, "残疾人"},
      Rule{Pattern{"我(?:儿子|女儿|孩子|弟弟|哥哥|爸|妈|老公|爱人)[^，。]{0,6}(?:是)?(?:残疾|聋哑|自闭|脑瘫)"},
           "残疾人家属"},
      Rule{Pattern{"我(?:家)?(?:孩子|娃|闺女|儿子|女儿)[^。]{0,14}(?:上学|入学|学校|班|幼儿园|年级|老师|校车)"},
           "家长"},
      Rule{Pattern{"(?:孩子|宝宝|娃)(?:才)?[一二三四五六七八九十几0-9]+个(?:多)?月"}, "婴幼儿家庭"},
      Rule{Pattern{"我(?:们)?(?:是)?(?:来)?(?:旅游|游客|玩的)"}, "游客"},
      Rule{Pattern{"(?:我|俺)(?:们)?(?:家)?(?:是)?(?:个)?(?:种地|种田|农民|养(?:猪|鸡|蜂|鱼|羊|牛)|村里)"}, "农民"},
      Rule{Pattern{"我(?:是)?(?:开|经营)(?:了)?(?:个|家)?[^，。]{0,6}(?:店|馆|厂|公司|超市)(?:的)?|我(?:是)?(?:个体户|"
                   "企业)"},
           "个体工商户"}};
  std::vector<std::string> tags{known.begin(), known.end()};
  for (const Rule& rule : kRules) {
    const bool shows = std::any_of(turns.begin(), turns.end(), [&](const Turn& turn) {
      return turn.speaker == Speaker::kCaller && rule.pattern.Matches(turn.text);
    });
    const std::string tag{rule.result};
    if (shows && std::find(tags.begin(), tags.end(), tag) == tags.end()) tags.push_back(tag);
  }
  return tags;
}

}  // namespace hotline::classification
