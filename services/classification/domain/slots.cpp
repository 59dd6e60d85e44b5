#include "classification/domain/slots.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <utility>

#include "classification/domain/embedded_data.h"
#include "classification/domain/places.h"
#include "classification/domain/slot_candidates.h"
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

const language::LinearHead& WhenHead() {
  static const language::LinearHead head{embedded::slot_when};
  return head;
}
const language::LinearHead& WhereHead() {
  static const language::LinearHead head{embedded::slot_where};
  return head;
}

/// The time and the place of the matter, as far as these turns tell.
void AddTimeAndPlace(std::span<const Turn> turns, std::vector<FoundSlot>& slots) {
  const std::vector<SlotCandidate> times = TimeCandidates(turns, TimeFinder::Own());
  if (const SlotCandidate* when = Surest(times, WhenHead())) slots.push_back(when->slot);
  const std::vector<SlotCandidate> places = PlaceCandidates(turns, PlaceFinder::Own());
  if (const SlotCandidate* where = Surest(places, WhereHead())) slots.push_back(where->slot);
}

}  // namespace

std::vector<FoundSlot> SlotsOfTurn(const Turn& turn) {
  std::vector<FoundSlot> slots;
  if (turn.speaker != Speaker::kCaller) return slots;
  if (auto who = Who(turn)) slots.push_back(std::move(*who));
  AddTimeAndPlace({&turn, 1}, slots);
  if (auto cause = Cause(turn)) slots.push_back(std::move(*cause));
  return slots;
}

std::vector<FoundSlot> SlotsOfCall(std::span<const Turn> turns) {
  Best who;
  Best cause;
  Best course;
  int caller_turns = 0;
  for (const Turn& turn : turns) {
    if (turn.speaker != Speaker::kCaller) continue;
    const double late = .13 * caller_turns++;
    if (auto found = Who(turn)) who.Offer(std::move(*found), 2 - late);
    if (auto found = Cause(turn)) cause.Offer(std::move(*found), 2 - late);
    const double length = static_cast<double>(std::min<std::size_t>(language::CountCharacters(turn.text), 80)) / 40;
    course.Offer({SlotName::kCourse, turn.text, {}, turn.number}, length - late);
  }
  std::vector<FoundSlot> slots;
  if (who.slot) slots.push_back(std::move(*who.slot));
  AddTimeAndPlace(turns, slots);
  for (Best* best : {&cause, &course}) {
    if (best->slot) slots.push_back(std::move(*best->slot));
  }
  return slots;
}

std::string HotIssueKey(const std::string& matter, const FoundSlot* where) {
  if (matter.empty() || where == nullptr) return {};
  const std::string neighbourhood = Neighbourhood(where->normal);
  if (neighbourhood.empty()) return {};
  std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a: the same in every process and version.
  for (const char c : neighbourhood) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return matter + "-" + text;
}

std::string_view NeighbourhoodOf(std::string_view hot_issue) { return hot_issue.substr(hot_issue.rfind('-') + 1); }

const FoundSlot* Find(std::span<const FoundSlot> slots, SlotName name) {
  const auto found = std::find_if(slots.begin(), slots.end(), [&](const FoundSlot& slot) { return slot.name == name; });
  return found == slots.end() ? nullptr : &*found;
}

}  // namespace hotline::classification
