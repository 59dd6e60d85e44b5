#include "intake/domain/peril.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace hotline::intake {
namespace {

constexpr const char* kPolice = "公安局";
constexpr std::array<std::string_view, 4> kRescuers = {"公安局", "消防救援", "卫生健康委员会", "应急管理局"};
/// Codes of what somebody does to themselves or to another,
constexpr std::array<std::string_view, 4> kByAHand = {"LIFE_SELF", "VIOLENCE", "DEATH_ASKED", "DANGER_ASKED"};
/// and of accidents, illness and help that was sent. The rest (CONCERN_DANGER, COURSE_OF_DANGER) only sounds like it.
constexpr std::array<std::string_view, 2> kByChance = {"LIFE_DANGER", "HELP_SENT"};

bool Tells(const HeardPeril& heard, std::span<const std::string_view> codes) {
  return std::any_of(heard.evidence.begin(), heard.evidence.end(), [&](const Evidence& evidence) {
    return std::any_of(codes.begin(), codes.end(),
                       [&](std::string_view code) { return evidence.code.starts_with(code); });
  });
}

bool IsByAHand(const HeardPeril& heard) { return Tells(heard, kByAHand); }
bool IsNamedByARule(const HeardPeril& heard) { return IsByAHand(heard) || Tells(heard, kByChance); }

bool Rescues(const std::string& department) {
  return std::find(kRescuers.begin(), kRescuers.end(), department) != kRescuers.end();
}

/// The police lead where a hand endangers; of an accident whoever can shut it off leads, and the police are told.
void SendRescuers(const HeardPeril& heard, UnderstoodMatter& matter) {
  std::vector<std::string>& departments = matter.departments;
  const auto rescuer = std::find_if(departments.begin(), departments.end(), Rescues);
  if (rescuer != departments.end() && rescuer == departments.begin()) return;
  if (!IsByAHand(heard)) {
    if (rescuer == departments.end()) departments.emplace_back(kPolice);
    return;
  }
  if (rescuer == departments.end()) {
    departments.insert(departments.begin(), kPolice);
  } else {
    std::rotate(departments.begin(), rescuer, std::next(rescuer));
  }
  matter.dispatch_confidence = 0;  // Of another lead. A person looks at it, within the hour.
}

/// The danger itself, told of in a call that came with something else: nobody was sure of a department for it.
UnderstoodMatter DangerIn(const UnderstoodMatter& told) {
  UnderstoodMatter danger;
  danger.kind = CaseKind::kHelp;
  danger.topics = told.topics;
  danger.departments = told.departments;
  danger.intents = told.intents;
  danger.slots = told.slots;
  danger.title = told.slots.where.words + "生命安全险情（求助）";
  danger.summary = told.summary;
  danger.emergency_number = told.emergency_number;
  return danger;
}

void HeedLife(const HeardPeril& heard, std::vector<UnderstoodMatter>& matters) {
  const auto is = [&](CaseKind kind) {
    return std::find_if(matters.begin(), matters.end(), [&](const auto& one) { return one.kind == kind; });
  };
  auto help = is(CaseKind::kHelp);
  const bool of_its_own = IsNamedByARule(heard) && help == matters.end() && is(CaseKind::kReport) == matters.end();
  if (of_its_own) {
    UnderstoodMatter danger = DangerIn(matters.front());
    matters.front().emergency_number.clear();
    help = matters.insert(matters.begin(), std::move(danger));
  } else if (help == matters.end()) {
    help = matters.begin();
  } else if (help != matters.begin()) {
    help->emergency_number = std::exchange(matters.front().emergency_number, {});
  }
  help->crisis = true;
  help->evidence.insert(help->evidence.begin(), heard.evidence.begin(), heard.evidence.end());
  SendRescuers(heard, *help);
}

}  // namespace

void Heed(const HeardPeril& heard, std::vector<UnderstoodMatter>& matters) {
  switch (heard.peril) {
    case Peril::kLife: return HeedLife(heard, matters);
    case Peril::kCrowd: {
      UnderstoodMatter& first = matters.front();
      first.crisis = true;
      first.evidence.insert(first.evidence.begin(), heard.evidence.begin(), heard.evidence.end());
      return;
    }
    case Peril::kInformant:
      for (UnderstoodMatter& matter : matters) matter.confidential = true;
      return;
  }
}

bool Mark(const HeardPeril& heard, Case& filed) {
  bool& mark = heard.peril == Peril::kInformant ? filed.confidential : filed.crisis;
  if (std::exchange(mark, true)) return false;
  filed.evidence.insert(filed.evidence.begin(), heard.evidence.begin(), heard.evidence.end());
  return true;
}

}  // namespace hotline::intake
