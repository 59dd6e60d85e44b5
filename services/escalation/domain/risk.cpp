#include "escalation/domain/risk.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include "escalation/domain/call_course.h"
#include "escalation/domain/concerns.h"
#include "escalation/domain/conduct.h"
#include "escalation/domain/embedded_data.h"
#include "escalation/domain/hard_rules.h"

namespace hotline::escalation {
namespace {

constexpr double kHardRuleRisk = .97;
constexpr double kMostOfModel = .84;  ///< Below red: only what red is for may lift the model over it.
constexpr double kSureRisk = .88;     ///< Red without a rule.
constexpr double kHeldBackRisk = .4;  ///< Yellow: a rule's words, where both heads hear them used harmlessly.

/// How many of the caller's turns are looked back at: what is older has faded, and a long call costs no more.
constexpr std::size_t kMemory = 10;

/// What red is for; it does not wait for the call to go on (RiskWeights::patience).
constexpr std::array kOfRed{Concern::kDanger, Concern::kGroup, Concern::kLeak};

bool IsOfRed(Concern concern) { return std::find(kOfRed.begin(), kOfRed.end(), concern) != kOfRed.end(); }

/// How far a feeling is from calm on the way to trouble.
double Intensity(Emotion emotion) {
  switch (emotion) {
    case Emotion::kCalm:
    case Emotion::kGrateful: return 0;
    case Emotion::kAnxious: return .2;
    case Emotion::kSad: return .4;
    case Emotion::kDissatisfied: return .45;
    case Emotion::kAggrieved: return .55;
    case Emotion::kFearful:
    case Emotion::kDisappointed: return .65;
    case Emotion::kSarcastic: return .8;
    case Emotion::kAngry: return .85;
    case Emotion::kDesperate: return 1.2;
  }
  return 0;
}

double Intensity(const TurnReading& reading) {
  const std::span<const Emotion> all = language::AllEmotions();
  if (reading.emotions.size() != all.size()) return reading.confidence * Intensity(reading.emotion);
  double expected = 0;
  for (std::size_t i = 0; i < all.size(); ++i) expected += reading.emotions[i] * Intensity(all[i]);
  return expected;
}

/// What a probability is worth as evidence: an undecided head says nothing, or many small doubts would add up to one
/// alarm.
double Strength(double probability) {
  constexpr double kUndecided = .35;
  return std::max(0.0, (probability - kUndecided) / (1 - kUndecided));
}

/// What speaks for trouble, and how much of the log-odds it is.
struct Reason {
  double weight;
  Evidence evidence;
};

/// A caller's turn as the model reads it.
struct ReadTurn {
  const HeardTurn* heard;
  ConcernReading concerns;
  double discount;  ///< Of what counts less while the call is young.
  double faded;
  std::optional<double> intensity;
};

std::vector<ReadTurn> Read(const CallOpening& opening, std::span<const HeardTurn> turns, const RiskWeights& weights) {
  std::size_t callers = 0;
  for (const HeardTurn& heard : turns) callers += heard.turn.speaker == Speaker::kCaller;
  std::vector<ReadTurn> read;
  if (callers == 0) return read;
  const bool young = callers <= weights.patience.size();
  const double discount = opening.message ? weights.letter : young ? weights.patience[callers - 1] : 1;
  std::size_t number = 0;
  for (const HeardTurn& heard : turns) {
    if (heard.turn.speaker != Speaker::kCaller) continue;
    const std::size_t age = callers - ++number;
    if (age >= kMemory) continue;
    ReadTurn one{.heard = &heard,
                 .concerns = ConcernsOf(heard),
                 .discount = discount,
                 .faded = std::pow(weights.fade, age),
                 .intensity = std::nullopt};
    if (heard.reading) one.intensity = Intensity(*heard.reading);
    read.push_back(one);
  }
  return read;
}

/// Concerns about how the matter is handled. The head often wavers between two of them and is sure of their sum.
bool IsOfHandling(Concern concern) { return concern >= Concern::kUnsolved && concern <= Concern::kAbuse; }

/// How strongly a turn tells of `concern`, 0 to 1.
double Told(const ConcernReading& reading, Concern concern) {
  const double p = Of(reading, concern);
  if (!IsOfHandling(concern)) return Strength(p);
  double family = 0;
  for (std::size_t i = 0; i < kConcerns; ++i) family += IsOfHandling(static_cast<Concern>(i)) ? reading[i] : 0;
  return family > 0 ? p / family * Strength(std::min(family, 1.0)) : 0;
}

/// How strongly any of the turns tells of `concern`, and the turn that tells most.
Reason ReasonOf(Concern concern, double weight, const std::vector<ReadTurn>& turns) {
  double silent = 1;
  double most = 0;
  const Turn* best = nullptr;
  for (const ReadTurn& read : turns) {
    const double strength = Told(read.concerns, concern) * read.faded * (IsOfRed(concern) ? 1 : read.discount);
    silent *= 1 - std::min(strength, 1.0);
    if (strength <= most) continue;
    most = strength;
    best = &read.heard->turn;
  }
  Reason reason{weight * (1 - silent), {std::string{EvidenceCode(concern)}, {}, 0}};
  if (best != nullptr) {
    reason.evidence.words = best->text;
    reason.evidence.turn = best->number;
  }
  return reason;
}

/// How much of what the caller says is trouble at all: earlier cases and the agent's faults weigh only with it.
double Trouble(const std::vector<ReadTurn>& turns) {
  double most = 0;
  for (const ReadTurn& read : turns) most = std::max(most, (1 - Of(read.concerns, Concern::kNone)) * read.faded);
  return most;
}

void AddHistory(const CallOpening& opening, double trouble, const RiskWeights& weights, std::vector<Reason>& reasons) {
  int count = 0;
  for (const EarlierCase& earlier : opening.history) {
    const bool overdue = earlier.open && earlier.due_at && *earlier.due_at < opening.started_at;
    std::string_view code;
    if (earlier.returns > 0) {
      code = "HISTORY_RETURNED";
    } else if (earlier.reopenings > 0) {
      code = "HISTORY_REOPENED";
    } else if (earlier.dissatisfied) {
      code = "HISTORY_DISSATISFIED";
    } else if (overdue) {
      code = "HISTORY_OVERDUE";
    }
    if (code.empty() || ++count > 3) continue;
    const double weight = earlier.returns > 0 || earlier.reopenings > 0 ? weights.returned : weights.history;
    reasons.push_back({weight * trouble, {std::string{code}, {}, 0}});
  }
}

void AddEmotions(const std::vector<ReadTurn>& turns, const RiskWeights& weights, std::vector<Reason>& reasons) {
  double level = 0;
  double seen = 0;
  double before = 0;
  double now = 0;
  const Turn* strongest = nullptr;
  double most = 0;
  for (const ReadTurn& read : turns) {
    if (!read.intensity) continue;
    before = seen > 0 ? level / seen : *read.intensity;
    now = *read.intensity;
    level = level * weights.fade + now;
    seen = seen * weights.fade + 1;
    if (now * read.faded > most) {
      most = now * read.faded;
      strongest = &read.heard->turn;
    }
  }
  if (strongest == nullptr) return;
  const double weight = weights.emotion * level / seen * turns.back().discount;
  reasons.push_back({weight, {"EMOTION", strongest->text, strongest->number}});
  if (now > before)
    reasons.push_back({weights.worsening * (now - before),
                       {"EMOTION_RISING", turns.back().heard->turn.text, turns.back().heard->turn.number}});
}

void AddConduct(std::span<const HeardTurn> turns, double trouble, const RiskWeights& weights,
                std::vector<Reason>& reasons) {
  // What the encoder hears of an agent's turn may come before its assessment or after; by the caller's next turn it is
  // there, so that it says the same whenever it came.
  while (!turns.empty() && turns.back().turn.speaker == Speaker::kAgent) turns = turns.first(turns.size() - 1);
  // The same span of the call as the caller's turns: two turns each.
  const Conduct conduct = ReviewConduct(turns.last(std::min(turns.size(), 2 * kMemory)));
  std::set<std::string_view> kinds;
  for (const ConductFinding& finding : conduct.findings) {
    if (kinds.size() >= 2 || !kinds.insert(finding.rule).second) continue;
    reasons.push_back({weights.fault * trouble, {finding.rule, finding.words, finding.turn}});
  }
}

/// How the call so far would be voted on, as far as that is below the middle.
void AddForecast(const std::vector<ReadTurn>& turns, double trouble, const RiskWeights& weights,
                 std::vector<Reason>& reasons) {
  constexpr std::array<double, 5> kVotes{-2, -1, 0, 1, 2};
  const ReadTurn& last = turns.back();
  if (!last.heard->reading || last.heard->reading->satisfaction.size() != kVotes.size()) return;
  double expected = 0;
  for (std::size_t i = 0; i < kVotes.size(); ++i) expected += last.heard->reading->satisfaction[i] * kVotes[i];
  if (expected < 0)
    reasons.push_back({weights.forecast * -expected * trouble * last.discount, {"DISSATISFACTION_FORECAST", {}, 0}});
}

/// Thanks, or calm with nothing of concern, unless the caller has shown that politeness covers something.
double Relief(const std::vector<ReadTurn>& turns, const RiskWeights& weights) {
  const HeardTurn& last = *turns.back().heard;
  double open = 1;
  for (const ReadTurn& read : turns) {
    double hidden = 0;
    for (const Concern concern : {Concern::kResigned, Concern::kSarcasm, Concern::kEvidence, Concern::kExposure}) {
      hidden += Told(read.concerns, concern);
    }
    open *= 1 - std::min(hidden, 1.0) * read.faded;
  }
  const double none = Of(turns.back().concerns, Concern::kNone);
  if (last.reading && last.reading->emotion == Emotion::kGrateful) return weights.relief * open;
  if (last.reading && last.reading->emotion != Emotion::kCalm) return 0;
  return weights.relief * open * std::max(0.0, 2 * none - 1);
}

/// Danger, crowds and leaks are what red is for: how sure the head is of any of them.
double SureOfRed(const ReadTurn& read) {
  double sure = 0;
  for (const Concern concern : kOfRed) sure += Of(read.concerns, concern);
  return sure;
}

double Logistic(double log_odds) { return 1 / (1 + std::exp(-log_odds)); }

/// Where the head is sure of one, the cap is lifted.
bool MayBeRed(const std::vector<ReadTurn>& turns, const RiskWeights& weights) {
  return std::any_of(turns.begin(), turns.end(), [&](const ReadTurn& read) { return SureOfRed(read) >= weights.sure; });
}

/// Said in words that no rule knows. Somebody who is calm about it, asks how to report or tells of a drill, must be
/// believed less readily; somebody who is afraid, or whose call is in trouble otherwise or was before, more.
bool MustBeRed(const ReadTurn& last, bool in_trouble, const RiskWeights& weights) {
  if (!last.heard->reading) return false;
  if (in_trouble && SureOfRed(last) >= weights.sure_once_warned) return true;
  switch (last.heard->reading->emotion) {
    case Emotion::kCalm:
    case Emotion::kGrateful: return SureOfRed(last) >= weights.sure_of_calm;
    case Emotion::kAnxious:
    case Emotion::kFearful:
    case Emotion::kSad:
    case Emotion::kDesperate: return SureOfRed(last) >= weights.sure_of_afraid;
    case Emotion::kAggrieved:
    case Emotion::kDissatisfied:
    case Emotion::kDisappointed:
    case Emotion::kAngry:
    case Emotion::kSarcastic: break;
  }
  return SureOfRed(last) >= weights.sure;
}

/// Whether a rule's words are used harmlessly ("要出人命，是气的"): the head, and the encoder that reads the whole
/// sentence, together hear nothing of what red is for. Never without the encoder.
bool SoundsOnlyAlarming(const HeardTurn& heard, const RiskWeights& weights) {
  if (heard.turn.speaker != Speaker::kCaller || !heard.reading || !heard.reading->concern) return false;
  const ConcernReading concerns = ConcernsOf(heard);
  double alarming = Of(concerns, Concern::kExposure);
  for (const Concern concern : kOfRed) alarming += Of(concerns, concern);
  return alarming < weights.harmless;
}

double LogOdds(double risk) { return std::log(risk / (1 - risk)); }

/// What the turns tell one by one, and the course of the call, together: while the call is young, what the course adds
/// is discounted as they are. A red of the model stays one unless the course hears a calm call. The course makes a
/// warning red where it is sure of what red is for.
void HearCourse(std::span<const HeardTurn> turns, double discount, const RiskWeights& weights,
                const LevelThresholds& thresholds, double& risk, std::vector<Reason>& reasons) {
  const std::optional<CallCourse::Heard> course = CallCourse::Get().Hear(turns);
  if (!course) return;
  const auto& [warn, red] = *course;
  double weight = weights.course * warn.log_odds + weights.course_bias;
  if (weight > 0) weight *= discount;
  const double together = Logistic(LogOdds(std::clamp(risk, 1e-6, 1 - 1e-6)) + weight);
  const bool stays_red = risk >= thresholds.red && together >= thresholds.yellow;
  risk = stays_red ? std::max(risk, together) : std::min(together, kMostOfModel);
  reasons.push_back({weight, {"COURSE_OF_CALL", warn.turn->text, warn.turn->number}});
  if (red.log_odds < weights.course_red || together < thresholds.orange) return;
  risk = std::max(risk, kSureRisk);
  reasons.push_back(
      {std::max(red.log_odds, LogOdds(kSureRisk)), {"COURSE_OF_DANGER", red.turn->text, red.turn->number}});
}

/// Red by the rules that `found` names.
TurnRisk Ruled(const HeardTurn& last, std::vector<Evidence> found) {
  return {.turn = last.turn.number,
          .risk = kHardRuleRisk,
          .level = RiskLevel::kRed,
          .reasons = std::move(found),
          .degraded = last.turn.speaker == Speaker::kCaller && !last.reading};
}

double Trend(double risk, std::span<const TurnRisk> earlier) {
  const std::span<const TurnRisk> last = earlier.last(std::min<std::size_t>(earlier.size(), 3));
  if (last.empty()) return 0;
  double sum = 0;
  for (const TurnRisk& one : last) sum += one.risk;
  return risk - sum / static_cast<double>(last.size());
}

RiskLevel LevelOf(double risk, const LevelThresholds& thresholds) {
  if (risk >= thresholds.red) return RiskLevel::kRed;
  if (risk >= thresholds.orange) return RiskLevel::kOrange;
  return risk >= thresholds.yellow ? RiskLevel::kYellow : RiskLevel::kGreen;
}

/// Whether it tells of what red is for.
bool TellsOfRed(const Reason& reason) {
  return reason.evidence.code == "COURSE_OF_DANGER" || std::any_of(kOfRed.begin(), kOfRed.end(), [&](Concern concern) {
           return reason.weight > 0 && reason.evidence.code == EvidenceCode(concern);
         });
}

/// The turn that is surest of danger, a crowd or a leak, and of which of them. What is too unsure of each to weigh may
/// be sure enough of all together.
Reason SurestOfRed(const std::vector<ReadTurn>& turns) {
  const ReadTurn& surest = *std::max_element(
      turns.begin(), turns.end(), [](const ReadTurn& a, const ReadTurn& b) { return SureOfRed(a) < SureOfRed(b); });
  const Concern concern = *std::max_element(kOfRed.begin(), kOfRed.end(), [&](Concern a, Concern b) {
    return Of(surest.concerns, a) < Of(surest.concerns, b);
  });
  return {SureOfRed(surest), {std::string{EvidenceCode(concern)}, surest.heard->turn.text, surest.heard->turn.number}};
}

/// The reasons worth telling, strongest first, with the words of a concern cut to the sentence that tells. Of a red
/// call first what made it red: the rest may weigh more, and a supervisor who reads one line must read that.
std::vector<Evidence> WorthTelling(std::vector<Reason> reasons, RiskLevel level) {
  constexpr double kWorthTelling = .35;
  constexpr std::size_t kMost = 6;
  std::stable_sort(reasons.begin(), reasons.end(),
                   [](const Reason& a, const Reason& b) { return a.weight > b.weight; });
  if (level == RiskLevel::kRed) {
    const auto cause = std::find_if(reasons.begin(), reasons.end(), TellsOfRed);
    if (cause != reasons.end()) std::rotate(reasons.begin(), cause, std::next(cause));
  }
  std::vector<Evidence> told;
  for (Reason& reason : reasons) {
    const bool needed = level >= RiskLevel::kOrange && told.empty();
    if (told.size() == kMost || (reason.weight < kWorthTelling && !needed)) break;
    for (std::size_t i = 1; i < kConcerns; ++i) {
      const auto concern = static_cast<Concern>(i);
      if (reason.evidence.code == EvidenceCode(concern))
        reason.evidence.words = std::string{WordsFor(concern, reason.evidence.words)};
    }
    told.push_back(std::move(reason.evidence));
  }
  return told;
}

}  // namespace

const RiskModel& RiskModel::Get() {
  static const RiskModel model{RiskWeights::Parse(embedded::risk_weights)};
  return model;
}

RiskModel::RiskModel(RiskWeights weights)
    : weights_{std::move(weights)},
      version_{absl::StrCat("risk-", weights_.version, "-", ConcernHead::Get().version(), "-",
                            CallCourse::Get().version())} {}

std::optional<TurnRisk> RiskModel::HardRules(const CallOpening& opening, std::span<const HeardTurn> turns) const {
  std::vector<Evidence> found = FindHardRules(opening, turns);
  const HeardTurn& last = turns.back();
  if (found.empty() || SoundsOnlyAlarming(last, weights_)) return std::nullopt;
  return Ruled(last, std::move(found));
}

TurnRisk RiskModel::Assess(const CallOpening& opening, std::span<const HeardTurn> turns,
                           std::span<const TurnRisk> earlier) const {
  const HeardTurn& last = turns.back();
  TurnRisk now{.turn = last.turn.number, .degraded = last.turn.speaker == Speaker::kCaller && !last.reading};
  std::vector<Evidence> rules = FindHardRules(opening, turns);
  if (!rules.empty() && !SoundsOnlyAlarming(last, weights_)) {
    now = Ruled(last, std::move(rules));
  } else if (!earlier.empty() && earlier.back().level == RiskLevel::kRed) {
    now.risk = earlier.back().risk;
    now.level = RiskLevel::kRed;
    now.reasons = earlier.back().reasons;
  } else if (const std::vector<ReadTurn> read = Read(opening, turns, weights_); !read.empty()) {
    std::vector<Reason> reasons;
    double of_red = 0;  // What danger, crowds and leaks add.
    for (std::size_t i = 1; i < kConcerns; ++i) {
      const auto concern = static_cast<Concern>(i);
      reasons.push_back(ReasonOf(concern, weights_.concerns[i], read));
      if (IsOfRed(concern)) of_red += reasons.back().weight;
    }
    const double trouble = Trouble(read);
    AddHistory(opening, trouble, weights_, reasons);
    AddEmotions(read, weights_, reasons);
    AddConduct(turns, trouble, weights_, reasons);
    AddForecast(read, trouble, weights_, reasons);
    double score = weights_.bias + Relief(read, weights_);
    for (const Reason& reason : reasons) score += reason.weight;
    now.risk = Logistic(score);
    // A letter has no next turn in which to be believed: only a rule makes it red.
    if (opening.message || !MayBeRed(read, weights_)) now.risk = std::min(now.risk, kMostOfModel);
    const bool in_trouble = Logistic(score - of_red) >= thresholds_.orange ||
                            (!earlier.empty() && earlier.back().level >= RiskLevel::kOrange);
    if (!opening.message && last.turn.speaker == Speaker::kCaller && MustBeRed(read.back(), in_trouble, weights_))
      now.risk = std::max(now.risk, kSureRisk);
    if (!opening.message) HearCourse(turns, read.back().discount, weights_, thresholds_, now.risk, reasons);
    if (now.risk >= thresholds_.red && std::none_of(reasons.begin(), reasons.end(), TellsOfRed))
      reasons.push_back(SurestOfRed(read));
    if (!rules.empty()) now.risk = std::max(now.risk, kHeldBackRisk);
    for (Evidence& held_back : rules) reasons.push_back({kHeldBackRisk, std::move(held_back)});
    now.level = LevelOf(now.risk, thresholds_);
    if (now.level >= RiskLevel::kYellow) now.reasons = WorthTelling(std::move(reasons), now.level);
  }
  now.trend = Trend(now.risk, earlier);
  return now;
}

std::string Suggestion(const TurnRisk& risk) {
  std::vector<std::string> steps;
  if (risk.level >= RiskLevel::kOrange)
    steps.emplace_back(risk.level == RiskLevel::kRed ? "接管通话" : "旁听并准备接管");
  const auto speaks = [&](std::string_view code) {
    return std::any_of(risk.reasons.begin(), risk.reasons.end(),
                       [&](const Evidence& evidence) { return std::string_view{evidence.code}.starts_with(code); });
  };
  if (speaks("LIFE_SELF")) steps.emplace_back("不要挂断，转接110和12356");
  if (speaks("LIFE_DANGER")) steps.emplace_back("转接119或120");
  if (speaks("VIOLENCE") || speaks("PUBLIC_ORDER")) steps.emplace_back("转接110");
  if (speaks("CONCERN_DANGER")) steps.emplace_back("先问清人身安全");
  if (speaks("COURSE_OF_DANGER") && !speaks("CONCERN_DANGER")) steps.emplace_back("先问清有没有人身危险、聚集或泄密");
  if (speaks("GROUP_ACTION") || speaks("CONCERN_GROUP")) steps.emplace_back("即报值班领导，请牵头部门到场对话");
  if (speaks("PETITION") || speaks("CONCERN_EXPOSURE")) steps.emplace_back("请能拍板的部门当日回电");
  if (speaks("INFORMANT_LEAK") || speaks("CONCERN_LEAK")) steps.emplace_back("转保密件，查泄露，护举报人安全");
  if (speaks("CONCERN_UNSOLVED") || speaks("CONCERN_PASSED_AROUND") || speaks("HISTORY_RETURNED"))
    steps.emplace_back("请班长指定牵头单位，督办");
  if (speaks("CONCERN_MISCONDUCT") || speaks("CONCERN_ABUSE")) steps.emplace_back("换班长接听");
  if (speaks("CONCERN_RESIGNED") || speaks("CONCERN_SARCASM") || speaks("CONCERN_EVIDENCE"))
    steps.emplace_back("先安抚，当日专人回访");
  return absl::StrJoin(steps, "；");
}

}  // namespace hotline::escalation
