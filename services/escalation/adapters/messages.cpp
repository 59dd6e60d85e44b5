#include "escalation/adapters/messages.h"

#include <array>
#include <set>
#include <stdexcept>

#include "contracts/enums.h"
#include "contracts/timestamp.h"
#include "platform/bytes.h"

namespace hotline::escalation {
namespace {

namespace common = hotline::common::v1;
using contracts::FromProto;
using contracts::ToProto;

common::Evidence ToMessage(const Evidence& evidence) {
  common::Evidence message;
  message.set_code(evidence.code);
  message.set_words(evidence.words);
  message.set_turn(evidence.turn);
  return message;
}

bool IsOpen(common::CaseState state) {
  return state != common::CASE_STATE_CLOSED && state != common::CASE_STATE_INFORMED;
}

EarlierCase EarlierCaseFrom(const intake::v1::EarlierCase& from) {
  return {.case_no = from.case_no(),
          .at = contracts::FromTimestamp(from.at()).value_or(Time{}),
          .summary = from.summary(),
          .topic = from.topic(),
          .kind = FromProto<CaseKind>(from.kind()).value_or(CaseKind::kInquiry),
          .open = IsOpen(from.state()),
          .dissatisfied = from.satisfaction() == common::RATING_DISSATISFIED ||
                          from.satisfaction() == common::RATING_VERY_DISSATISFIED,
          .due_at = from.has_due_at() ? contracts::FromTimestamp(from.due_at()) : std::nullopt,
          .reopenings = from.reopenings(),
          .returns = from.returns()};
}

}  // namespace

v1::TurnRiskAssessed ToMessage(const CallOpening& opening, const TurnRisk& risk, bool preliminary,
                               std::string_view model) {
  v1::TurnRiskAssessed message;
  message.set_call_id(opening.call_id);
  message.set_site(opening.site);
  message.set_turn(risk.turn);
  message.set_risk(risk.risk);
  message.set_level(ToProto<common::RiskLevel>(risk.level));
  message.set_trend(risk.trend);
  for (const Evidence& reason : risk.reasons) *message.add_reasons() = ToMessage(reason);
  message.set_preliminary(preliminary);
  message.set_degraded(risk.degraded);
  message.set_model(std::string{model});
  if (risk.peril) message.set_peril(ToProto<common::Peril>(*risk.peril));
  return message;
}

v1::Conduct ToMessage(const Conduct& conduct) {
  v1::Conduct message;
  message.set_restated(conduct.restated);
  if (conduct.soothe_first) message.set_soothe_first(*conduct.soothe_first);
  for (const ConductFinding& from : conduct.findings) {
    v1::ConductFinding& finding = *message.add_findings();
    finding.set_turn(from.turn);
    finding.set_rule(from.rule);
    finding.set_words(from.words);
  }
  return message;
}

Conduct ConductFrom(const v1::Conduct& message) {
  Conduct conduct{.restated = message.restated(), .soothe_first = std::nullopt, .findings = {}};
  if (message.has_soothe_first()) conduct.soothe_first = message.soothe_first();
  for (const v1::ConductFinding& from : message.findings())
    conduct.findings.push_back({.turn = from.turn(), .rule = from.rule(), .words = from.words()});
  return conduct;
}

v1::Alert ToMessage(const Alert& alert) {
  v1::Alert message;
  message.set_alert_id(alert.alert_id);
  message.set_call_id(alert.call_id);
  message.set_site(alert.site);
  message.set_turn(alert.turn);
  message.set_level(ToProto<common::RiskLevel>(alert.level));
  message.set_risk(alert.risk);
  for (const Evidence& reason : alert.reasons) *message.add_reasons() = ToMessage(reason);
  *message.mutable_raised_at() = contracts::ToTimestamp(alert.raised_at);
  message.set_state(ToProto<v1::AlertState>(alert.state));
  message.set_version(alert.version);
  message.set_actor(alert.actor);
  if (alert.verdict) message.set_verdict(ToProto<v1::Verdict>(*alert.verdict));
  message.set_verdict_note(alert.verdict_note);
  message.set_suggestion(alert.suggestion);
  return message;
}

CallOpening OpeningFrom(const intake::v1::CallOpened& message) {
  CallOpening opening{.call_id = message.call_id(),
                      .site = message.site(),
                      .started_at = contracts::FromTimestamp(message.started_at()).value_or(Time{}),
                      .message = message.message(),
                      .caller_tags = {message.caller_tags().begin(), message.caller_tags().end()},
                      .history = {}};
  for (const intake::v1::EarlierCase& earlier : message.history()) opening.history.push_back(EarlierCaseFrom(earlier));
  return opening;
}

namespace {

/// Nothing where a concern is missing: another encoder's names are not ours to guess.
std::optional<ConcernVoice> VoiceFrom(const classification::v1::ConcernScores& message) {
  ConcernVoice voice{.scores = {}, .linear = message.linear_weight()};
  std::set<Concern> named;
  for (const classification::v1::ScoredConcern& scored : message.scores()) {
    const std::optional<Concern> concern = ConcernFromName(scored.concern());
    if (!concern) continue;
    voice.scores[static_cast<std::size_t>(*concern)] = scored.score();
    named.insert(*concern);
  }
  return named.size() == kConcerns ? std::optional{voice} : std::nullopt;
}

std::optional<TurnCourse> CourseFrom(const classification::v1::TurnUnderstood& message) {
  if (!message.has_course()) return std::nullopt;
  return TurnCourse{.model = message.course().model(),
                    .values = {message.course().values().begin(), message.course().values().end()}};
}

}  // namespace

SoothedVoice SoothedFrom(const classification::v1::SoothedScores& message) {
  return {.nobody_upset = message.nobody_upset(), .soothed = message.soothed(), .explained = message.explained()};
}

classification::v1::SoothedScores ToMessage(const SoothedVoice& soothed) {
  classification::v1::SoothedScores message;
  message.set_nobody_upset(soothed.nobody_upset);
  message.set_soothed(soothed.soothed);
  message.set_explained(soothed.explained);
  return message;
}

std::optional<TurnReading> ReadingFrom(const classification::v1::TurnUnderstood& message) {
  const std::optional<Emotion> emotion = FromProto<Emotion>(message.emotion());
  if (!emotion) return std::nullopt;
  return TurnReading{.emotion = *emotion,
                     .confidence = message.emotion_confidence(),
                     .emotions = {message.emotions().begin(), message.emotions().end()},
                     .concern = VoiceFrom(message.concern()),
                     .satisfaction = {message.satisfaction().begin(), message.satisfaction().end()},
                     .course = CourseFrom(message),
                     .model = message.model()};
}

classification::v1::TurnUnderstood ToMessage(const TurnReading& reading) {
  classification::v1::TurnUnderstood message;
  message.set_emotion(ToProto<common::Emotion>(reading.emotion));
  message.set_emotion_confidence(reading.confidence);
  message.mutable_emotions()->Add(reading.emotions.begin(), reading.emotions.end());
  message.mutable_satisfaction()->Add(reading.satisfaction.begin(), reading.satisfaction.end());
  if (reading.concern) {
    message.mutable_concern()->set_linear_weight(reading.concern->linear);
    for (std::size_t i = 0; i < kConcerns; ++i) {
      classification::v1::ScoredConcern& scored = *message.mutable_concern()->add_scores();
      scored.set_concern(std::string{Name(static_cast<Concern>(i))});
      scored.set_score(reading.concern->scores[i]);
    }
  }
  if (reading.course) {
    message.mutable_course()->set_model(reading.course->model);
    message.mutable_course()->mutable_values()->Add(reading.course->values.begin(), reading.course->values.end());
  }
  message.set_model(reading.model);
  return message;
}

namespace {

using Labels = google::protobuf::RepeatedPtrField<classification::v1::ScoredLabel>;

/// False where a name is not known.
template <typename Known, std::size_t kKnown>
bool ByNumber(const Labels& labels, std::optional<Known> (*from_name)(std::string_view),
              std::array<double, kKnown>& probabilities) {
  for (const classification::v1::ScoredLabel& scored : labels) {
    const std::optional<Known> known = from_name(scored.label());
    if (!known) return false;
    probabilities[static_cast<std::size_t>(*known)] = scored.probability();
  }
  return true;
}

template <typename Known, std::size_t kKnown>
void AddByNumber(const std::array<double, kKnown>& probabilities, Labels& labels) {
  for (std::size_t i = 0; i < kKnown; ++i) {
    classification::v1::ScoredLabel& scored = *labels.Add();
    scored.set_label(std::string{Name(static_cast<Known>(i))});
    scored.set_probability(probabilities[i]);
  }
}

}  // namespace

std::vector<HeardSentence> SentencesFrom(const classification::v1::TurnUnderstood& message) {
  std::vector<HeardSentence> sentences;
  for (const classification::v1::SentenceActs& heard : message.acts()) {
    HeardSentence& sentence = sentences.emplace_back();
    // Another encoder's names are not ours to guess.
    if (!ByNumber(heard.acts(), AgentActFromName, sentence.acts)) return {};
    if (FaultReading faults{}; heard.faults_size() > 0 && ByNumber(heard.faults(), AgentFaultFromName, faults))
      sentence.fault = faults;
  }
  return sentences;
}

classification::v1::TurnUnderstood ToMessage(std::span<const HeardSentence> sentences) {
  classification::v1::TurnUnderstood message;
  for (const HeardSentence& sentence : sentences) {
    classification::v1::SentenceActs& heard = *message.add_acts();
    AddByNumber<AgentAct>(sentence.acts, *heard.mutable_acts());
    if (sentence.fault) AddByNumber<AgentFault>(*sentence.fault, *heard.mutable_faults());
  }
  return message;
}

TurnRisk RiskFrom(const v1::TurnRiskAssessed& message) {
  return {.turn = message.turn(),
          .risk = message.risk(),
          .level = FromProto<RiskLevel>(message.level()).value_or(RiskLevel::kGreen),
          .trend = message.trend(),
          .reasons = ReasonsFrom(message.reasons()),
          .peril = FromProto<Peril>(message.peril()),
          .degraded = message.degraded()};
}

std::vector<Evidence> ReasonsFrom(const google::protobuf::RepeatedPtrField<common::Evidence>& from) {
  std::vector<Evidence> reasons;
  reasons.reserve(static_cast<std::size_t>(from.size()));
  for (const common::Evidence& reason : from) {
    reasons.push_back({.code = reason.code(), .words = reason.words(), .turn = reason.turn()});
  }
  return reasons;
}

std::string ToColumn(const google::protobuf::Message& message) {
  return platform::ToBase64(message.SerializeAsString());
}

void FromColumn(std::string_view column, google::protobuf::Message& message) {
  const absl::StatusOr<std::string> bytes = platform::FromBase64(column);
  if (!bytes.ok() || !message.ParseFromString(*bytes)) {
    throw std::runtime_error{"a stored row holds no " + message.GetTypeName()};
  }
}

}  // namespace hotline::escalation
