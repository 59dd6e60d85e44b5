#include "classification/domain/intents.h"

#include <algorithm>
#include <string_view>

#include "classification/domain/cues.h"

namespace hotline::classification {
namespace {

/// How many of the caller's turns hold a word of the group.
int TurnsWith(std::string_view group, std::span<const Turn> turns) {
  return static_cast<int>(std::count_if(turns.begin(), turns.end(), [&](const Turn& turn) {
    return turn.speaker == Speaker::kCaller && SpokenCues().Has(group, turn.text);
  }));
}

int Count(std::span<const Emotion> emotions, std::initializer_list<Emotion> of) {
  return static_cast<int>(std::count_if(emotions.begin(), emotions.end(), [&](Emotion emotion) {
    return std::find(of.begin(), of.end(), emotion) != of.end();
  }));
}

}  // namespace

std::vector<Intent> IntentsOf(CaseKind kind, std::span<const Turn> turns, std::span<const Emotion> emotions) {
  const int hurt = Count(emotions, {Emotion::kAggrieved, Emotion::kDisappointed, Emotion::kSarcastic});
  const int crisis = Count(emotions, {Emotion::kDesperate, Emotion::kSad});
  std::vector<Intent> intents;
  switch (kind) {
    case CaseKind::kInquiry: intents = {Intent::kInformation}; break;
    case CaseKind::kPraise: intents = {Intent::kVent}; break;
    case CaseKind::kHelp:
    case CaseKind::kComplaint:
    case CaseKind::kReport:
    case CaseKind::kSuggestion: intents = {Intent::kSolution}; break;
  }
  if (kind == CaseKind::kPraise || kind == CaseKind::kSuggestion) return intents;
  if (crisis >= 2 && kind == CaseKind::kHelp) {
    intents.push_back(Intent::kVent);
  } else if (kind != CaseKind::kInquiry && TurnsWith("money", turns) >= 1 && hurt < 3) {
    intents.push_back(Intent::kCompensation);
  } else if (hurt >= 2 || (hurt >= 1 && TurnsWith("respect", turns) >= 2)) {
    intents.push_back(Intent::kRespect);
  }
  return intents;
}

std::vector<Intent> IntentsOfTurn(const Turn& turn, const TurnUnderstanding& read) {
  std::vector<Intent> intents;
  if (turn.speaker != Speaker::kCaller) return intents;
  if (!read.open_question.empty()) intents.push_back(Intent::kInformation);
  if (SpokenCues().Has("money", turn.text)) intents.push_back(Intent::kCompensation);
  if (SpokenCues().Has("respect", turn.text)) intents.push_back(Intent::kRespect);
  if (SpokenCues().Has("help", turn.text) || SpokenCues().Has("complain", turn.text))
    intents.push_back(Intent::kSolution);
  if (intents.empty() && SpokenCues().Has("vent", turn.text)) intents.push_back(Intent::kVent);
  if (intents.size() > 2) intents.resize(2);
  return intents;
}

}  // namespace hotline::classification
