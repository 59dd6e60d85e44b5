#include "classification/domain/reader.h"

#include <algorithm>
#include <utility>

#include "classification/domain/case_words.h"
#include "classification/domain/concern_voice.h"
#include "classification/domain/cues.h"
#include "classification/domain/danger.h"
#include "classification/domain/hotline_wrongs.h"
#include "classification/domain/intents.h"
#include "classification/domain/matters.h"
#include "classification/domain/places.h"
#include "classification/domain/questions.h"
#include "classification/domain/routes.h"
#include "classification/domain/slots.h"
#include "language/patterns.h"
#include "language/text.h"

namespace hotline::classification {
namespace {

using language::Pattern;

/// How many turns a forecast looks back: what it costs must not grow with the call.
constexpr std::size_t kForecastMemory = 40;
/// Of an agent's turn: so many are read by the encoder, a run each.
constexpr std::size_t kMostSentences = 12;

/// Papers are named wherever something is applied for ("带身份证、户口本、银行卡"): a list of them is no matter.
std::string WithoutPapers(std::string_view text) {
#define PAPER "(?:身份证|户口本|户口簿|银行卡|社保卡|照片|委托书|结婚证|出生证|居住证|合同|复印件)(?:原件|复印件)?"
  static const Pattern papers{PAPER "(?:[、，和跟]" PAPER ")+"};
#undef PAPER
  std::string left{text};
  const std::vector<Pattern::Span> spans = papers.FindAll(text);
  for (auto span = spans.rbegin(); span != spans.rend(); ++span) left.erase(span->at, span->words.size());
  return left;
}

/// What a call is about stands in its first requests and in the agent's repeating of them; farewells say nothing.
std::vector<WeightedText> WeighTurns(std::span<const Turn> turns) {
  std::vector<WeightedText> texts;
  int caller_turns = 0;
  for (const Turn& turn : turns) {
    if (!turn.title.empty()) texts.push_back({turn.title, 1.6});
    if (turn.speaker == Speaker::kCaller) {
      texts.push_back({WithoutPapers(turn.text), caller_turns == 0 ? 1.6 : caller_turns <= 2 ? 1.0 : .5});
      ++caller_turns;
    } else {
      texts.push_back({WithoutPapers(turn.text), SpokenCues().Has("restate", turn.text) ? 1.2 : .35});
    }
  }
  return texts;
}

/// The matter that the call is about so far, where one stands out.
std::string MatterSoFar(const DispatchDirectory& directory, std::span<const Turn> before, const Turn& turn) {
  constexpr double kStandsOut = .4;
  std::vector<Turn> turns{before.begin(), before.end()};
  turns.push_back(turn);
  const std::vector<MatterMatch> matches = directory.Match(WeighTurns(turns));
  return matches.empty() || matches.front().probability < kStandsOut ? std::string{} : matches.front().entry->matter;
}

/// Departments to which the agent says the case goes ("派给…", "转…"), in the order spoken.
std::vector<std::pair<std::string, Evidence>> DispatchedByAgent(const DispatchDirectory& directory,
                                                                std::span<const Turn> turns) {
  static const Pattern sends{
      "(?:派给|派到|派|转给|转到|转|转交给?|移交给?|交给|转办给?|抄送|同时请|请(?!示)|同步给|报给)(?!回|单|账|了|一下|"
      "圈|运)[^，。！!？?；;]{2,18}|由[^，。！!？?；;]{2,14}(?:研究|负责|处理|办理|核实)"};
  static const Pattern our_own{"值班|班长"};  // Whoever takes over the call takes no case.
  static const Pattern never{"不(?:再)?(?:派|转)|怕|就不|不归|退单"};
  std::vector<std::pair<std::string, Evidence>> named;
  for (const Turn& turn : turns) {
    if (turn.speaker != Speaker::kAgent) continue;
    for (const Pattern::Span& span : sends.FindAll(turn.text)) {
      if (never.Matches(span.words) || our_own.Matches(span.words)) continue;
      for (std::string& department : directory.DepartmentsNamed(span.words)) {
        named.emplace_back(std::move(department), Evidence{"AGENT_DISPATCHED", span.words, turn.number});
      }
    }
  }
  return named;
}

void AddOnce(std::vector<std::string>& departments, const std::string& department) {
  if (std::find(departments.begin(), departments.end(), department) == departments.end())
    departments.push_back(department);
}

std::vector<Scored<CaseKind>> RankKinds(const KindScores& scores) {
  std::vector<Scored<CaseKind>> ranked;
  for (const CaseKind kind : language::AllCaseKinds())
    ranked.push_back({kind, scores[static_cast<std::size_t>(kind) - 1]});
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.probability > b.probability; });
  ranked.resize(3);
  return ranked;
}

std::string BasisOf(const DispatchDirectory& directory, const DispatchEntry& entry) {
  return directory.version() + " " + entry.entry + " " + entry.basis;
}

/// A wrong of the hotline itself goes to those who watch over it. It has its own matter, not the one that the call came
/// with, asks nothing and makes no issue of a place grow.
void SendToOverseers(const Evidence& wrong, const DispatchDirectory& directory, UnderstoodCase& understood) {
  std::string matter;
  if (wrong.code == "INFORMANT_LEAKED") {
    matter = "举报信息泄露与打击报复";
    understood.departments = {"热线管理机构", "纪检监察机关", "公安局"};
    understood.topics = {{"纪检监察", .8}};
    understood.confidential = true;
  } else if (wrong.code == "AGENT_COMPLAINED_OF") {
    matter = "热线服务与工单办理";
    understood.departments = {"热线管理机构"};
    understood.topics = {{"党务政务", .8}};
  } else {
    return;
  }
  const auto entry = std::find_if(directory.entries().begin(), directory.entries().end(),
                                  [&](const DispatchEntry& one) { return one.matter == matter; });
  const bool known = entry != directory.entries().end();  // A site may have a directory of its own.
  understood.matter = known ? entry->entry : std::string{};
  understood.dispatch_basis = known ? BasisOf(directory, *entry) : std::string{};
  understood.title = matter + "（" + std::string{language::Name(understood.kind)} + "）";
  understood.question.clear();
  understood.hot_issue.clear();
}

/// A letter has no agent.
bool IsSpoken(std::span<const Turn> turns) {
  return std::any_of(turns.begin(), turns.end(), [](const Turn& turn) { return turn.speaker == Speaker::kAgent; });
}

}  // namespace

CallerReading ReadingOf(const TurnUnderstanding& read) {
  CallerReading reading{.emotion = read.emotion.value_or(Emotion::kCalm)};
  if (read.concern) {
    reading.leak = SureOf(*read.concern, "leak");
    reading.danger = SureOf(*read.concern, "danger");
  }
  return reading;
}

Reader::Reader(const DispatchDirectory& directory, const EmotionReader& emotions, const KindReader& kinds,
               TrainedModels trained)
    : directory_{directory},
      emotions_{emotions},
      kinds_{kinds},
      trained_{std::move(trained)},
      version_{"linear-" + emotions.version() + "+directory-" + directory.version()} {}

void Reader::Stamp(std::string_view trained_model, std::string& stamp) const {
  if (stamp.empty()) stamp = version_;
  const std::string named = "+topics-" + std::string{trained_model};
  if (!trained_model.empty() && !stamp.ends_with(named)) stamp += named;
}

std::optional<TrainedReading> Reader::ReadTrained(std::string_view text, std::span<const Turn> so_far) const {
  return trained_.read_text ? std::optional{trained_.read_text(text, so_far)} : std::nullopt;
}

TrainedDispatch Reader::ReadDispatch(std::span<const Turn> turns) const {
  if (!trained_.read_dispatch || !IsSpoken(turns)) return {};  // Letters have models of their own.
  std::string text;
  for (const Turn& turn : turns) text.append(text.empty() ? "" : "\n").append(turn.text);
  return trained_.read_dispatch(text);
}

std::optional<SoothedVoice> Reader::ReadOpening(std::span<const Turn> turns, std::string& stamp) const {
  if (!trained_.read_opening || !IsSpoken(turns)) return std::nullopt;
  const TrainedOpening said = trained_.read_opening(turns);
  Stamp(said.model, stamp);
  return said.soothed;
}

std::vector<SentenceActs> Reader::ReadActs(const Turn& turn, std::string& stamp) const {
  if (!trained_.read_acts) return {};
  std::vector<std::string_view> sentences;
  for (const language::Span& sentence : language::Sentences(turn.text)) {
    if (sentences.size() == kMostSentences) break;
    sentences.push_back(language::WithItsMark(sentence, turn.text));
  }
  TrainedActs said = trained_.read_acts(sentences);
  Stamp(said.model, stamp);
  return std::move(said.sentences);
}

KindReading Reader::ReadKinds(std::span<const Turn> turns, std::span<const CallerReading> readings,
                              std::string& stamp) const {
  const std::optional<Leak> leak = FindLeak(turns, readings);
  if (!trained_.read_kind) return kinds_.Read(turns, nullptr, leak);
  const TrainedKind said = trained_.read_kind(CallText(turns));
  Stamp(said.model, stamp);
  return kinds_.Read(turns, said.kind ? &*said.kind : nullptr, leak);
}

TurnUnderstanding Reader::ReadTurn(const CallOpening& opening, std::span<const Turn> before, const Turn& turn) const {
  TurnUnderstanding read;
  read.kinds = RankKinds(kinds_.OfTurn(turn));
  const std::span<const Turn> itself{&turn, 1};
  const std::vector<WeightedText> texts = WeighTurns(itself);
  const std::size_t heard = std::min(before.size(), kForecastMemory);
  std::vector<Turn> so_far{before.end() - static_cast<std::ptrdiff_t>(heard), before.end()};
  so_far.push_back(turn);
  std::optional<TrainedReading> said = ReadTrained(TextOf(texts), so_far);
  TrainedReading* const trained = said ? &*said : nullptr;
  MatterReading matter = ReadMatter(directory_, trained, texts);
  read.topics = std::move(matter.topics);
  Stamp(trained == nullptr ? std::string_view{} : trained->model, read.model);
  if (!matter.matters.empty()) {
    read.evidence.push_back({"MATTER_WORDS", matter.matters.front().words.front(), turn.number});
  }
  if (turn.speaker != Speaker::kCaller) {
    read.acts = ReadActs(turn, read.model);
    return read;
  }

  const bool heard_feeling = trained != nullptr && trained->emotion;
  EmotionReading emotion = emotions_.Read(before, turn, heard_feeling ? &*trained->emotion : nullptr);
  read.emotion = emotion.emotion;
  read.emotion_confidence = emotion.confidence;
  read.emotions = std::move(emotion.probabilities);
  read.evidence.insert(read.evidence.end(), emotion.evidence.begin(), emotion.evidence.end());
  read.slots = SlotsOfTurn(turn);
  read.open_question = OpenQuestion(before, turn, opening.region);
  read.matter = MatterSoFar(directory_, before, turn);
  if (trained != nullptr) {
    read.concern = std::move(trained->concern);
    read.satisfaction = std::move(trained->satisfaction);
    read.course = std::move(trained->course);
  }
  // What an agent's phrase depends on, and whether a policy is of any help now.
  const CallerReading heard_now = ReadingOf(read);
  if (auto danger = HearDanger(itself, {&heard_now, 1})) read.evidence.push_back(*std::move(danger));
  if (auto leak = FindLeak(itself, {&heard_now, 1})) read.evidence.push_back(std::move(leak->evidence));
  if (auto route = FindLegalRoute(itself)) read.evidence.push_back(std::move(route->evidence));
  read.intents = IntentsOfTurn(turn, read);
  return read;
}

void Reader::Dispatch(std::span<const Turn> turns, bool first, UnderstoodCase& understood, std::string& stamp) const {
  const std::vector<WeightedText> texts = WeighTurns(turns);
  const std::optional<TrainedReading> said = ReadTrained(TextOf(texts), {});
  const TrainedReading* const trained = said ? &*said : nullptr;
  MatterReading reading = ReadMatter(directory_, trained, texts, ReadDispatch(turns));
  understood.topics = std::move(reading.topics);
  Stamp(trained == nullptr ? std::string_view{} : trained->model, stamp);
  if (!reading.matters.empty()) {
    const MatterMatch& best = reading.matters.front();
    understood.matter = best.entry->entry;
    understood.dispatch_confidence = best.probability;
    understood.dispatch_basis = BasisOf(directory_, *best.entry);
    AddOnce(understood.departments, best.entry->lead);
    for (const std::string& co : best.entry->co_handlers) AddOnce(understood.departments, co);
    for (std::size_t i = 0; i < best.words.size() && i < 3; ++i)
      understood.evidence.push_back({"MATTER_WORDS", best.words[i], 0});
  }
  if (!first) return;
  // What the agent told the caller binds: the named department leads, the directory's stays a helper.
  const auto named = DispatchedByAgent(directory_, turns);
  for (auto department = named.rbegin(); department != named.rend(); ++department) {
    std::erase(understood.departments, department->first);
    understood.departments.insert(understood.departments.begin(), department->first);
    understood.evidence.push_back(department->second);
  }
  if (!named.empty()) understood.dispatch_confidence = std::max(understood.dispatch_confidence, .8);
}

UnderstoodCase Reader::MakeCase(const CallOpening& opening, std::span<const Turn> turns,
                                std::span<const Emotion> emotions, const KindReading::Matter& matter, bool first,
                                std::string& stamp) const {
  UnderstoodCase understood;
  understood.kind = matter.kind;
  understood.kind_probability = matter.probability;
  understood.evidence = matter.evidence;
  Dispatch(turns, first, understood, stamp);
  understood.slots = SlotsOfCall(turns);
  understood.intents = IntentsOf(matter.kind, turns, emotions);
  understood.summary = Summary(turns);
  understood.confidential = matter.kind == CaseKind::kReport;
  if (matter.kind == CaseKind::kInquiry) understood.answered_in_call = Answered(turns, emotions);
  understood.question = QuestionOfCall(turns, opening.region);
  const auto entry = std::find_if(directory_.entries().begin(), directory_.entries().end(),
                                  [&](const DispatchEntry& e) { return e.entry == understood.matter; });
  const bool titled = !turns.empty() && !turns.front().title.empty();
  understood.title =
      titled ? turns.front().title : Title(understood, entry == directory_.entries().end() ? nullptr : &*entry);
  if (matter.kind == CaseKind::kComplaint || matter.kind == CaseKind::kHelp) {
    understood.hot_issue = HotIssueKey(understood.matter, Find(understood.slots, SlotName::kWhere));
  }
  return understood;
}

CallUnderstanding Reader::ReadCall(const CallOpening& opening, std::span<const Turn> turns,
                                   std::span<const CallerReading> readings, std::optional<CaseKind> recorded) const {
  std::vector<Emotion> emotions;
  for (const CallerReading& reading : readings) emotions.push_back(reading.emotion);
  CallUnderstanding call;
  call.last_turn = turns.empty() ? 0 : turns.back().number;
  call.caller_tags = CallerTags(opening.caller_tags, turns);
  KindReading kinds = ReadKinds(turns, readings, call.model);
  call.soothed = ReadOpening(turns, call.model);
  const std::optional<Emergency> emergency = FindEmergency(turns, readings);
  SettleMatters(turns, readings, emergency, kinds.matters);

  for (const KindReading::Matter& matter : kinds.matters) {
    const bool first = call.cases.empty();
    // A second matter is read from where it begins; a wrong of its own (leak, danger) from the whole call.
    const bool own_part = !first && (matter.kind == CaseKind::kSuggestion || matter.kind == CaseKind::kPraise ||
                                     matter.kind == CaseKind::kInquiry);
    const auto begin =
        std::find_if(turns.begin(), turns.end(), [&](const Turn& turn) { return turn.number >= matter.from_turn; });
    const std::span<const Turn> part =
        own_part ? turns.subspan(static_cast<std::size_t>(begin - turns.begin())) : turns;
    UnderstoodCase understood = MakeCase(opening, part, emotions, matter, first, call.model);
    if (!first) {
      // Too little was said of it alone: it goes where the first goes.
      const UnderstoodCase& head = call.cases.front();
      if (own_part && understood.dispatch_confidence < .3) {
        understood.topics = head.topics;
        understood.departments = head.departments;
        understood.dispatch_basis = head.dispatch_basis;
        understood.dispatch_confidence = head.dispatch_confidence;
      }
      for (const FoundSlot& slot : head.slots) {
        if (Find(understood.slots, slot.name) == nullptr) understood.slots.push_back(slot);
      }
    }
    if (!matter.evidence.empty()) SendToOverseers(matter.evidence.front(), directory_, understood);
    call.cases.push_back(std::move(understood));
  }

  UnderstoodCase& head = call.cases.front();
  if (emergency) {
    head.crisis = emergency->crisis;
    head.evidence.push_back(emergency->evidence);
    if (emergency->crisis) {
      std::erase(head.departments, "公安局");
      head.departments.insert(head.departments.begin(), "公安局");
    }
  }
  if (auto handed_over = FindHandOver(turns)) {
    head.emergency_number = std::move(handed_over->number);
    head.evidence.push_back(std::move(handed_over->evidence));
  }
  if (const auto route = FindLegalRoute(turns); route && head.kind != CaseKind::kPraise) {
    head.legal_route = route->route;
    head.evidence.push_back(route->evidence);
    if (route->route.starts_with("纪检")) {
      std::erase(head.departments, "纪检监察机关");
      head.departments.insert(head.departments.begin(), "纪检监察机关");
      std::erase_if(head.topics, [](const auto& topic) { return topic.label == "纪检监察"; });
      head.topics.insert(head.topics.begin(), {"纪检监察", .7});
    }
  }
  call.recorded_kind_differs =
      recorded && std::none_of(call.cases.begin(), call.cases.end(),
                               [&](const UnderstoodCase& understood) { return understood.kind == *recorded; });
  // One or two intents over all cases: the first case's surest, then whatever is new.
  std::vector<Intent> allowed;
  for (const UnderstoodCase& understood : call.cases) {
    if (allowed.size() < 2 && !understood.intents.empty() &&
        std::find(allowed.begin(), allowed.end(), understood.intents.front()) == allowed.end()) {
      allowed.push_back(understood.intents.front());
    }
  }
  for (const UnderstoodCase& understood : call.cases) {
    for (const Intent intent : understood.intents) {
      if (allowed.size() < 2 && std::find(allowed.begin(), allowed.end(), intent) == allowed.end())
        allowed.push_back(intent);
    }
  }
  for (UnderstoodCase& understood : call.cases) {
    std::erase_if(understood.intents,
                  [&](Intent intent) { return std::find(allowed.begin(), allowed.end(), intent) == allowed.end(); });
  }
  return call;
}

}  // namespace hotline::classification
