#include "classification/domain/times.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <optional>

#include "classification/domain/embedded_data.h"
#include "classification/domain/tagged_spans.h"
#include "language/characters.h"
#include "language/patterns.h"

namespace hotline::classification {
namespace {

using language::Pattern;

#define N "[0-9一二三四五六七八九十两半零〇]{1,4}"
#define PART "(?:大清早|一大早|早上|早晨|上午|中午|下午|傍晚|傍黑|晚上|夜里|半夜|凌晨|后半夜|一早|天亮|白天)"
#define CLOCK "(?:" N "点(?:来钟|钟|半|多|一刻|" N "分?|来分)*|" N "[:：][0-9]{2})"
#define DAY "(?:大前天|前天|昨天|今天|明天|后天|昨晚上?|今晚上?|明晚|今早|明早|昨儿|今儿|前儿|当天)"
// "一个礼拜三趟" is no Wednesday.
#define WEEK \
  "(?:(?:(?:上上?|这|本|下)个?|(?<![一二两三四五六几每整个]))(?:周|礼拜|星期)[一二三四五六日天末](?![趟次回个]))"
#define LOOSE                                                                                                                                              \
  "(?:(?:上|这|本|下)个?(?:周|礼拜|星期|月)|月初|月底|年初|年底|年前|年后|春节|过年(?!好)|国庆|中秋|元旦|五一|暑假|" \
  "寒假|"                                                                                                                                                \
  "开春|入冬|入夏|去年|今年|前年|明年)"
#define DATE                                                                      \
  "(?:(?:" N "年|去年|今年|前年|明年)?" N "月(?:份|初|底|头上|中旬)?(?:……)?(?:" N \
  "(?:号|日|(?![0-9一二三四五六七八九十年月天块元万千百个户次岁点])))?|" N        \
  "号(?!楼|院|线|窗|柜|桌|厅|公寓|门|店|机|车|地|仓|工))"
#define POINT "(?:" DATE "|" WEEK "|" DAY "|" LOOSE "|" PART ")"
#define MOMENT POINT "(?:[，,]?(?:的|那天|" POINT "|" CLOCK "))*(?:" CLOCK ")?"
#define FEAST                                                                                                                                                 \
  "(?:端午|清明|重阳|中元|元宵|除夕|小年|冬至|夏至|立春|立夏|立秋|立冬|高考|中考|国庆|五一|春节|(?:腊月|正月)(?:初|" \
  "二十|十)?" N "?)"
// "这礼拜第三回", "今天第五天": which time it is, told with when.
#define NTH "(?:(?:" DAY "|" WEEK "|" LOOSE ")?(?:都|已经|是)?第(?:" N ")(?:天|回|次|趟)(?!见|来|打|给|报|反映))"
#define LASTING                                                                                              \
  "(?:快|整整|将近|差不多|都|已经|不到)?" N                                                                  \
  "(?:多)?(?:个)?(?:多)?(?:年|月|礼拜|星期|周|天|小时|钟头|分钟|学期)(?:半|多)?(?:了)" \
  "?"

#define YEAR                                                                                                                                              \
  "(?:(?:20|二零|二〇)[0-9一二三四五六七八九零〇]{2}|[0-9零〇一二][0-9一二三四五六七八九])年(?!级|了|多|前|来|后|半|" \
  "以|之|的?时间)"
#define REGULARLY "(?:每天|天天|每晚|每到|一到)?"

/// Kinds of spoken time, the likeliest time of a matter first.
struct Kind {
  Pattern pattern;
  double weight;
  bool since;
};

const std::array<Kind, 10>& Kinds() {
  static const std::array<Kind, 10> kinds = {
      Kind{Pattern{"(?:从|自从|自|打)(?:" MOMENT "|" CLOCK
                   ")[^，。！？,.!?]{0,4}?(?:到现在|至今|到今天|开始|起(?!来))|(?:" MOMENT
                   ")(?:到现在|至今|开始|起(?!来|诉))"},
           3.0, true},
      Kind{Pattern{REGULARLY "从?(?:" PART ")?" CLOCK "[^，。！？,.!?]{0,3}?到(?:第二天|" PART ")*" CLOCK}, 2.4, false},
      Kind{Pattern{"(?:" DATE "|" WEEK ")(?:[，,\\s]?(?:那天|" DAY "|" PART "|" CLOCK ")|的|" POINT "|" CLOCK
                   ")*|(?:" DAY "|" LOOSE ")(?:的|那(?:场[\\p{sc=Han}]|天|次|回)|第" N "(?:天|节课后?)|" POINT "|" CLOCK
                   ")+|" REGULARLY PART CLOCK "(?:多)?"},
           2.2, false},
      Kind{Pattern{NTH}, 1.5, false},
      Kind{Pattern{"(?:[\\p{sc=Han}]了)?" LASTING "(?=了|没|还|都|[，。！？,.!?…]|$)了?"}, 1.3, false},
      Kind{Pattern{"(?:" DAY "|" LOOSE "|" YEAR ")"}, 1.4, false},
      Kind{Pattern{"(?:(?:去年|今年|前年|上个?月|每年)的?)?" FEAST "(?:节|假期?|那(?:天|阵)|前后?|夜里|晚上|当天)?"},
           1.5, false},
      Kind{Pattern{"(?:每|逢)个?(?:周|礼拜|星期)[一二三四五六日天末](?:" PART ")?|(?:每|天)天(?:" PART ")?|(?:" N
                   "年)?整个?[春夏秋冬]天"},
           1.2, false},
      Kind{Pattern{"最近|近来|这阵子|这段(?:时间|日子)|(?:就)?刚(?:才|刚)|方才|" PART}, 1.0, false},
      Kind{Pattern{"(?:都|已经)?(?:半夜)?" CLOCK "(?:了)?|(?:这|那)(?:两|几)天"}, 1.0, false}};
  return kinds;
}

std::optional<int> Digits(std::string_view words) {
  static constexpr std::string_view kDigits[] = {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"};
  int value = 0;
  bool any = false;
  for (const std::string_view c : language::Characters(words)) {
    if (c == "十") {
      value = value == 0 ? 10 : value * 10;
      any = true;
      continue;
    }
    int digit = -1;
    if (c.size() == 1 && c.front() >= '0' && c.front() <= '9') digit = c.front() - '0';
    for (int i = 0; i < 10; ++i) {
      if (c == kDigits[i]) digit = i;
    }
    if (c == "两") digit = 2;
    if (digit < 0) return std::nullopt;
    const bool tens_before = value != 0 && value % 10 == 0 && c.size() != 1;
    value = tens_before ? value + digit : value * 10 + digit;
    any = true;
  }
  if (!any) return std::nullopt;
  return value;
}

std::string Iso(std::chrono::year_month_day date) {
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return text;
}

/// The number that stands before `unit` in `words`.
std::optional<int> NumberBefore(std::string_view words, std::string_view unit) {
  static const Pattern number{"[0-9一二三四五六七八九十两零〇]+$"};
  const std::size_t at = words.find(unit);
  if (at == std::string_view::npos) return std::nullopt;
  const std::vector<Pattern::Span> found = number.FindAll(words.substr(0, at));
  return found.empty() ? std::nullopt : Digits(found.back().words);
}

/// The day that is meant; nothing when only a stretch or an hour is said.
std::string Resolve(std::string_view words, platform::Time said_at) {
  using namespace std::chrono;
  const sys_days today = floor<days>(said_at + hours{8});  // China's calendar.
  const year_month_day date{today};
  const auto has = [&](std::string_view word) { return words.find(word) != std::string_view::npos; };
  const struct {
    std::string_view word;
    int days;
  } kDays[] = {{"大前天", -3}, {"前天", -2}, {"前儿", -2}, {"昨", -1}, {"今天", 0},
               {"今早", 0},    {"今晚", 0},  {"今儿", 0},  {"明", 1},  {"后天", 2}};
  if (const auto month = NumberBefore(words, "月"); month && *month >= 1 && *month <= 12) {
    int y = static_cast<int>(date.year());
    if (const auto said = NumberBefore(words, "年")) y = *said < 100 ? 2000 + *said : *said;
    if (has("去年")) --y;
    if (has("前年")) y -= 2;
    if (has("明年")) ++y;
    // A month later than this one, without a year, is last year's: callers speak of what happened.
    if (!has("年") && *month > static_cast<int>(static_cast<unsigned>(date.month())) + 3) --y;
    const auto day_said = NumberBefore(words, has("号") ? "号" : "日");
    const year_month_day day{year{y}, std::chrono::month{static_cast<unsigned>(*month)},
                             std::chrono::day{static_cast<unsigned>(day_said.value_or(1))}};
    if (!day.ok()) return {};
    return day_said ? Iso(day) : Iso(day).substr(0, 7);
  }
  static constexpr std::string_view kWeekdays[] = {"一", "二", "三", "四", "五", "六"};
  for (const std::string_view week : {"周", "礼拜", "星期"}) {
    const std::size_t at = words.find(week);
    if (at == std::string_view::npos) continue;
    const std::string_view after = words.substr(at + week.size());
    int weekday = after.starts_with("日") || after.starts_with("天") ? 7 : 0;
    for (int i = 0; i < 6; ++i) {
      if (after.starts_with(kWeekdays[i])) weekday = i + 1;
    }
    if (weekday == 0) continue;
    const int now = static_cast<int>(std::chrono::weekday{today}.iso_encoding());
    int back = now - weekday;
    if (has("上"))
      back += 7;
    else if (has("下"))
      back -= 7;
    else if (back < 0 && !has("这") && !has("本"))
      back += 7;
    return Iso(today - days{back});
  }
  for (const auto& [word, offset] : kDays) {
    if (has(word)) return Iso(today + days{offset});
  }
  if (const auto day_said = NumberBefore(words, "号")) {
    const year_month_day day{date.year(), date.month(), std::chrono::day{static_cast<unsigned>(*day_said)}};
    if (day.ok()) return Iso(day);
  }
  if (has("上个月") || has("上月")) return Iso(year_month_day{date.year() / date.month() / 1} - months{1}).substr(0, 7);
  if (has("这个月") || has("本月")) return Iso(date).substr(0, 7);
  if (has("去年")) return std::to_string(static_cast<int>(date.year()) - 1);
  if (has("前年")) return std::to_string(static_cast<int>(date.year()) - 2);
  if (has("今年")) return std::to_string(static_cast<int>(date.year()));
  return {};
}

}  // namespace

std::vector<SpokenTime> TimesIn(std::string_view text, platform::Time said_at) {
  std::vector<SpokenTime> times;
  for (const Kind& kind : Kinds()) {
    for (const Pattern::Span& span : kind.pattern.FindAll(text)) {
      const std::size_t end = span.at + span.words.size();
      const bool taken = std::any_of(times.begin(), times.end(), [&](const SpokenTime& other) {
        return span.at < other.at + other.words.size() && other.at < end;
      });
      if (taken) continue;
      // The fuller of two: "明天早上九点" says more than "今天晚上".
      const double fullness = .004 * static_cast<double>(std::min<std::size_t>(span.words.size(), 30));
      SpokenTime& time = times.emplace_back();
      time.words = span.words;
      time.at = span.at;
      time.normal = Resolve(span.words, said_at);
      if (kind.since && !time.normal.empty()) time.normal += "/..";
      time.weight = kind.weight + fullness;
      time.by_kind = true;
    }
  }
  std::sort(times.begin(), times.end(), [](const SpokenTime& a, const SpokenTime& b) { return a.at < b.at; });
  return times;
}

std::vector<SpokenTime> TimeFinder::TimesIn(std::string_view text, platform::Time said_at) const {
  BySpan<SpokenTime> found{text};
  for (SpokenTime& time : classification::TimesIn(text, said_at))
    found.At(text.substr(time.at, time.words.size())) = std::move(time);
  for (const TaggedSpan& tagged : TaggedSpans(text, tagger_)) {
    SpokenTime& time = found.At(tagged.words);
    time.by_words = time.by_words || tagged.sure;
    if (time.by_kind) continue;
    for (const SpokenTime& within : classification::TimesIn(tagged.words, said_at)) {
      if (within.weight <= time.weight) continue;
      time.weight = within.weight;
      time.normal = within.normal;
    }
  }
  std::vector<SpokenTime> times;
  for (auto& [words, time] : std::move(found).All()) {
    time.words = std::string{words};
    time.at = static_cast<std::size_t>(words.data() - text.data());
    times.push_back(std::move(time));
  }
  return times;
}

const TimeFinder& TimeFinder::Own() {
  static const TimeFinder own{language::SequenceTagger{language::LinearHead{embedded::time}}};
  return own;
}

}  // namespace hotline::classification
