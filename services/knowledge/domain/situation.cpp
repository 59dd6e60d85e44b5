#include "knowledge/domain/situation.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace hotline::knowledge {
namespace {

using language::Emotion;

constexpr std::array<std::string_view, 10> kAbuse{"他妈", "妈的", "你妈", "混蛋",   "王八",
                                                  "傻逼", "滚蛋", "去死", "狗东西", "不要脸"};
constexpr std::array<std::string_view, 12> kAgain{"又打",   "又来电", "打了好几", "打过好几", "打了几次", "打过几次",
                                                  "第三次", "第四次", "第五次",   "上次反映", "上回反映", "还是没人"};
constexpr std::array<std::string_view, 9> kWhen{"什么时候能",   "啥时候能",   "几号能",   "多久能",  "要等多久",
                                                "等到什么时候", "等到啥时候", "给个准话", "给个期限"};

bool SaysOneOf(std::string_view text, std::span<const std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return text.find(word) != text.npos; });
}

bool Has(const std::vector<std::string>& codes, std::string_view code) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

bool InDanger(const SpokenTurn& turn) { return Has(turn.evidence_codes, "EMERGENCY"); }

/// What the caller's tags are called in phrases, and the situation that goes with it.
struct TagAudience {
  std::string_view tag;
  std::string_view audience;
  std::string_view situation;
};
constexpr std::array<TagAudience, 6> kAudiences{{{"高龄", "高龄", "高龄来电"},
                                                 {"听力不便", "高龄", "高龄来电"},
                                                 {"视力障碍", "高龄", ""},
                                                 {"农民工", "农民工", ""},
                                                 {"专业人士", "专业人士", "专业人士"},
                                                 {"外籍", "外籍", "外籍来电"}}};

}  // namespace

bool IsUpset(Emotion emotion) {
  switch (emotion) {
    case Emotion::kCalm:
    case Emotion::kGrateful: return false;
    case Emotion::kAnxious:
    case Emotion::kAggrieved:
    case Emotion::kDissatisfied:
    case Emotion::kDisappointed:
    case Emotion::kAngry:
    case Emotion::kSarcastic:
    case Emotion::kFearful:
    case Emotion::kSad:
    case Emotion::kDesperate: return true;
  }
  return false;
}

bool SeeksFacts(const SpokenTurn& turn) {
  if (InDanger(turn) || Has(turn.evidence_codes, "INFORMANT_LEAKED")) return false;
  return !IsUpset(turn.emotion) || turn.emotion == Emotion::kAnxious || turn.emotion == Emotion::kSad;
}

std::vector<std::string> SituationsOf(const SpokenTurn& turn) {
  std::vector<std::string> situations;
  const auto add = [&](bool holds, std::string_view situation) {
    if (holds && !situation.empty()) situations.emplace_back(situation);
  };
  const bool upset = IsUpset(turn.emotion);
  add(InDanger(turn) || turn.emotion == Emotion::kDesperate, "危机陪伴");
  add(Has(turn.evidence_codes, "INFORMANT_LEAKED"), "道歉更正");
  add(SaysOneOf(turn.text, kAbuse), "辱骂应对");
  add(upset && SaysOneOf(turn.text, kAgain), "重复来电");
  add(Has(turn.evidence_codes, "LEGAL_ROUTE"), "超出职责");
  add(upset, "安抚情绪");
  add(SaysOneOf(turn.text, kWhen), "等待承诺");
  add(turn.emotion == Emotion::kGrateful, "结束回访");
  for (const TagAudience& known : kAudiences) add(Has(turn.caller_tags, known.tag), known.situation);
  add(turn.says_where, "复述确认");
  return situations;
}

std::vector<std::string> AudiencesOf(const std::vector<std::string>& caller_tags) {
  std::vector<std::string> audiences;
  for (const TagAudience& known : kAudiences) {
    if (Has(caller_tags, known.tag)) audiences.emplace_back(known.audience);
  }
  return audiences;
}

}  // namespace hotline::knowledge
