#include "classification/domain/slots.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <utility>

#include "classification/domain/places.h"
#include "classification/domain/times.h"
#include "language/patterns.h"
#include "language/text.h"

namespace hotline::classification {
namespace {

using language::Pattern;

/// The best candidate seen so far.
struct Best {
  std::optional<FoundSlot> slot;
  double weight = 0;

  void Offer(FoundSlot candidate, double candidate_weight) {
    if (slot && candidate_weight <= weight) return;
    slot = std::move(candidate);
    weight = candidate_weight;
  }
};

std::optional<FoundSlot> Who(const Turn& turn) {
  static const Pattern named{
      "(?<=老板叫|经理叫|名叫|叫做|会计叫|主任叫|店叫|店名叫|公司叫|姓名是)[\\p{sc=Han}]{2,8}|[\\p{sc=Han}]{2,8}(?:"
      "有限公司|"
      "物业公司|旅行社|培训学校|健身房|养老院|诊所)"};
  static const Pattern role{
      "(?:我|俺|咱)(?:妈|爸|娘|爹|公公|婆婆|老伴儿?|爱人|老公|媳妇|儿子|女儿|闺女|孩子|娃|弟弟|哥哥|姐姐|妹妹|奶奶|"
      "爷爷|外婆|外公|丈夫|妻子)|"
      "物业(?:公司)?|开发商|包工头|房东|中介|老板|店家|商家|村(?:支)?书记|村主任|村会计|司机|班主任|校长|老师|邻居|"
      "楼上那家|热力公司|供电公司|自来水公司|燃气公司|居委会|派出所|工作人员|孩子|老人"};
  if (const auto found = named.FindAll(turn.text); !found.empty())
    return FoundSlot{SlotName::kWho, found.front().words, found.front().words, turn.number};
  if (const auto found = role.FindAll(turn.text); !found.empty())
    return FoundSlot{SlotName::kWho, found.front().words, found.front().words, turn.number};
  return std::nullopt;
}

std::optional<FoundSlot> Cause(const Turn& turn) {
  static const Pattern because{"(?:因为|由于|说是因为|原因是|说是|都怪)[^，。！!？?]{2,40}"};
  const auto found = because.FindAll(turn.text);
  if (found.empty()) return std::nullopt;
  return FoundSlot{SlotName::kCause, found.front().words, {}, turn.number};
}

bool AsksWhere(std::string_view agent) {
  static const Pattern asks{
      "哪里|哪儿|哪个(?:小区|村|区|工地|学校|店|医院|地方|路|站|位置)|什么(?:位置|地方|地址)|地址|住哪|位置|哪家|"
      "哪一家|小区|在哪"};
  return asks.Matches(agent);
}

bool AsksWhen(std::string_view agent) {
  static const Pattern asks{"什么时候|哪天|几号|几点|多长时间了|多久了|时间"};
  return asks.Matches(agent);
}

/// When the hotline was told of it before is not when it happened: "六月份我打过一次".
bool IsOfAnEarlierCall(std::string_view text, std::string_view words) {
  static const Pattern told{
      "^[^。！？!?]{0,10}?(?:打(?:过|的)?(?:一个|一次|你们)?电话|打过|报(?:过|的|了)|反映(?:过|的|了)|投诉(?:过|的)|"
      "举报过|登记|"
      "来过电话|那(?:个|张)?(?:单子|工单))"};
  static const Pattern was_told{"(?:打过|报过|反映过|投诉过|举报过)[^。！？!?]{0,8}$"};
  const std::size_t at = text.find(words);
  if (at == std::string_view::npos) return false;
  return told.Matches(text.substr(at + words.size())) || was_told.Matches(text.substr(0, at));
}

/// What the agent said back, or wrote down: the time of the matter is mostly among it.
bool SaidBack(std::span<const Turn> turns, const SpokenTime& time) {
  static const Pattern writes{"确认|核对|核实|复述|记(?:一下|的是|录)?[：:，,]|登记[：:]|对吗|对吧|是吧|是吗"};
  return std::any_of(turns.begin(), turns.end(), [&](const Turn& turn) {
    if (turn.speaker != Speaker::kAgent || !writes.Matches(turn.text)) return false;
    const std::vector<SpokenTime> said = TimesIn(turn.text, turn.said_at);
    return std::any_of(said.begin(), said.end(), [&](const SpokenTime& one) {
      return one.words == time.words || (!time.normal.empty() && one.normal == time.normal);
    });
  });
}

/// An agent who reads out an earlier case, or says the place back, names it for a caller who never does.
bool TellsWhereItIs(std::string_view agent) {
  static const Pattern tells{"单(?:子)?[，,]|工单|反映(?:的|过|了)?|投诉|您那|我(?:看|记|复述|确认|核对|登记)|查到"};
  return tells.Matches(agent);
}

/// Appointments and deadlines are less often the time of the matter than what has happened.
constexpr double kAhead = .2;
bool LiesAhead(std::string_view words) {
  static const Pattern ahead{"^(?:明|后天|下个?(?:月|周|礼拜|星期))"};
  return ahead.Matches(words);
}

}  // namespace

std::vector<FoundSlot> SlotsOfTurn(const Turn& turn) {
  std::vector<FoundSlot> slots;
  if (turn.speaker != Speaker::kCaller) return slots;
  Best where;
  for (SpokenPlace& place : PlacesIn(turn.text)) {
    const double weight = place.specificity;
    where.Offer({SlotName::kWhere, std::move(place.words), std::move(place.normal), turn.number}, weight);
  }
  Best when;
  for (SpokenTime& time : TimesIn(turn.text, turn.said_at)) {
    const double weight = time.weight - (LiesAhead(time.words) ? kAhead : 0);
    when.Offer({SlotName::kWhen, std::move(time.words), std::move(time.normal), turn.number}, weight);
  }
  if (auto who = Who(turn)) slots.push_back(std::move(*who));
  if (when.slot) slots.push_back(std::move(*when.slot));
  if (where.slot) slots.push_back(std::move(*where.slot));
  if (auto cause = Cause(turn)) slots.push_back(std::move(*cause));
  return slots;
}

/// How much these weigh against the kind of a time or place (times.cpp, places.cpp).
constexpr double kSaidBack = .6;
constexpr double kEarlierCall = 1.2;
constexpr double kAgentsPlace = 3.5;
constexpr double kFullPlace = 2;  ///< Of an agent's words only what has two parts is surely a place.
constexpr double kExact = 2;      ///< A time that lies ahead and is no more than "后天" is mostly a promise.

std::vector<FoundSlot> SlotsOfCall(std::span<const Turn> turns) {
  Best where;
  Best when;
  Best who;
  Best cause;
  Best course;
  int caller_turns = 0;
  for (std::size_t i = 0; i < turns.size(); ++i) {
    const Turn& turn = turns[i];
    if (turn.speaker != Speaker::kCaller) {
      if (!TellsWhereItIs(turn.text)) continue;
      for (SpokenPlace& place : PlacesIn(turn.text)) {
        if (place.specificity < kFullPlace) continue;
        const double weight = place.specificity - kAgentsPlace;
        where.Offer({SlotName::kWhere, std::move(place.words), std::move(place.normal), turn.number}, weight);
      }
      continue;
    }
    const std::string_view agent =
        i > 0 && turns[i - 1].speaker == Speaker::kAgent ? std::string_view{turns[i - 1].text} : std::string_view{};
    const double late = .13 * caller_turns++;
    for (SpokenPlace& place : PlacesIn(turn.text)) {
      const double weight = place.specificity + (AsksWhere(agent) ? .5 : 0) - late;
      where.Offer({SlotName::kWhere, std::move(place.words), std::move(place.normal), turn.number}, weight);
    }
    for (SpokenTime& time : TimesIn(turn.text, turn.said_at)) {
      const double weight =
          time.weight + (AsksWhen(agent) ? .5 : 0) - (LiesAhead(time.words) ? kAhead : 0) - late +
          (!(LiesAhead(time.words) && time.weight < kExact) && SaidBack(turns, time) ? kSaidBack : 0) -
          (IsOfAnEarlierCall(turn.text, time.words) ? kEarlierCall : 0);
      when.Offer({SlotName::kWhen, std::move(time.words), std::move(time.normal), turn.number}, weight);
    }
    if (auto found = Who(turn)) who.Offer(std::move(*found), 2 - late);
    if (auto found = Cause(turn)) cause.Offer(std::move(*found), 2 - late);
    const double length = static_cast<double>(std::min<std::size_t>(language::CountCharacters(turn.text), 80)) / 40;
    course.Offer({SlotName::kCourse, turn.text, {}, turn.number}, length - late);
  }
  std::vector<FoundSlot> slots;
  for (Best* best : {&who, &when, &where, &cause, &course}) {
    if (best->slot) slots.push_back(std::move(*best->slot));
  }
  return slots;
}

std::string HotIssueKey(const std::string& matter, const FoundSlot* where) {
  if (matter.empty() || where == nullptr) return {};
  const std::string neighbourhood = Neighbourhood({.words = where->words, .normal = where->normal, .specificity = 0});
  if (neighbourhood.empty()) return {};
  std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a: the same in every process and version.
  for (const char c : neighbourhood) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return matter + "-" + text;
}

const FoundSlot* Find(std::span<const FoundSlot> slots, SlotName name) {
  const auto found = std::find_if(slots.begin(), slots.end(), [&](const FoundSlot& slot) { return slot.name == name; });
  return found == slots.end() ? nullptr : &*found;
}

}  // namespace hotline::classification
