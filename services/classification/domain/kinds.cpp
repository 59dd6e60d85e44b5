#include "classification/domain/kinds.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "classification/domain/cues.h"
#include "classification/domain/embedded_data.h"
#include "language/linear_head.h"
#include "language/linear_model.h"
#include "language/patterns.h"
#include "language/turn_features.h"

namespace hotline::classification {
namespace {

constexpr std::size_t Index(CaseKind kind) { return static_cast<std::size_t>(kind) - 1; }

bool Contains(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return text.find(word) != text.npos; });
}

/// Adds up what speaks for each kind, and remembers the words.
struct Balance {
  KindScores scores{};
  std::vector<std::pair<CaseKind, Evidence>> evidence;

  void Add(CaseKind kind, double weight, const char* code, std::string_view words, int turn) {
    scores[Index(kind)] += weight;
    evidence.emplace_back(kind, Evidence{code, std::string{words}, turn});
  }
  void AddCue(CaseKind kind, double weight, const char* code, std::string_view group, const Turn& turn) {
    if (const std::string_view words = SpokenCues().First(group, turn.text); !words.empty())
      Add(kind, weight, code, words, turn.number);
  }
};

/// A caller denies what follows: "不是投诉", "不算投诉".
bool Denies(std::string_view text, std::string_view word) {
  for (const std::string_view no : {"不是", "不算", "不要", "没有", "不想", "不用"}) {
    if (text.find(std::string{no} + std::string{word}) != text.npos) return true;
  }
  return false;
}

/// What the caller comes with: said early, in words that name the kind.
void WeighOpening(const Turn& turn, double early, Balance& balance) {
  balance.AddCue(CaseKind::kPraise, 3.2 * early, "KIND_PRAISE_WORDS", "praise_ask", turn);
  balance.AddCue(CaseKind::kReport, 1.6 * early, "KIND_REPORT_WORDS", "report", turn);
  balance.AddCue(CaseKind::kSuggestion, 1.3 * early, "KIND_SUGGESTION_WORDS", "suggest", turn);
  balance.AddCue(CaseKind::kHelp, .7 * early, "KIND_HELP_WORDS", "help", turn);
  balance.AddCue(CaseKind::kComplaint, .6 * early, "KIND_COMPLAINT_WORDS", "complain", turn);
  balance.AddCue(CaseKind::kInquiry, .5 * early, "KIND_INQUIRY_WORDS", "ask", turn);
  if (Contains(turn.text, {"举报", "检举", "揭发"}) && !Denies(turn.text, "举报")) {
    balance.Add(CaseKind::kReport, 2.5 * early, "KIND_NAMED", "举报", turn.number);
  }
  if (Contains(turn.text, {"投诉"}) && !Denies(turn.text, "投诉"))
    balance.Add(CaseKind::kComplaint, 2 * early, "KIND_NAMED", "投诉", turn.number);
  if (Contains(turn.text, {"提个建议", "有个建议", "个建议", "建议你们", "我建议", "想建议", "提个意见"})) {
    balance.Add(CaseKind::kSuggestion, 3 * early, "KIND_NAMED", "建议", turn.number);
  }
  if (Contains(turn.text, {"想问", "问一下", "问下", "咨询", "问个", "打听", "了解一下", "查一下", "查个"})) {
    balance.Add(CaseKind::kInquiry, 1.1 * early, "KIND_NAMED", "问", turn.number);
  }
  balance.AddCue(CaseKind::kReport, 1.2, "KIND_SECRECY", "secrecy", turn);
  balance.AddCue(CaseKind::kHelp, 2.5, "KIND_CRISIS", "despair", turn);
}

/// What the agent makes of it: the repeated request, and how it is answered.
void WeighAgent(const Turn& turn, Balance& balance) {
  const std::string_view text = turn.text;
  if (Contains(text, {"您想知道", "您想问", "您是想问", "想了解", "您想咨询", "您要咨询", "想弄明白", "您问的"}))
    balance.Add(CaseKind::kInquiry, 2.2, "KIND_RESTATED", "您想知道", turn.number);
  if (Contains(text, {"您要求", "要求退", "要求赔", "要求尽快", "要求查", "您的要求"}))
    balance.Add(CaseKind::kComplaint, 1.3, "KIND_RESTATED", "要求", turn.number);
  if (Contains(text, {"您希望"})) {
    balance.Add(CaseKind::kComplaint, .5, "KIND_RESTATED", "希望", turn.number);
    balance.Add(CaseKind::kHelp, .6, "KIND_RESTATED", "希望", turn.number);
  }
  if (Contains(text, {"您的建议", "建议件", "这个建议", "建议会转", "好主意"}))
    balance.Add(CaseKind::kSuggestion, 2.2, "KIND_RESTATED", "建议", turn.number);
  if (Contains(text, {"表扬件", "这份表扬", "登记一个表扬", "转达您的谢意", "当然收", "要表扬", "您的表扬"}))
    balance.Add(CaseKind::kPraise, 2.2, "KIND_RESTATED", "表扬", turn.number);
  if (Contains(text, {"保密", "匿名", "实名", "线索", "举报人"}))
    balance.Add(CaseKind::kReport, 1.6, "KIND_SECRECY", "保密", turn.number);
  if (Contains(text, {"退单", "催办", "督办", "再给您转", "核实后答复"}))
    balance.Add(CaseKind::kComplaint, .6, "KIND_HANDLED", "转办", turn.number);
  if (Contains(text, {"120", "119", "别挂", "您别动", "注意安全"}) && Contains(text, {"联系", "马上", "赶", "现在"}))
    balance.Add(CaseKind::kHelp, .9, "KIND_RESCUE", "联系", turn.number);
  // The agent calls for the caller: that is help, whatever else is wrong.
  if (Contains(text, {"110", "119", "120", "民警", "消防"}) &&
      Contains(text, {"我接", "给您接", "接通", "已经接", "三方", "我马上接", "同步接", "在路上", "马上来", "分钟到",
                      "同事", "已经通知", "我现在就接", "马上报"}))
    balance.Add(CaseKind::kHelp, 2, "KIND_RESCUE", "接", turn.number);
  if (SpokenCues().Find(text)["answer_given"].size() >= 3)
    balance.Add(CaseKind::kInquiry, .5, "KIND_ANSWERED", SpokenCues().First("answer_given", text), turn.number);
}

std::vector<Evidence> EvidenceFor(CaseKind kind, const Balance& balance) {
  std::vector<Evidence> evidence;
  for (const auto& [of, item] : balance.evidence) {
    if (of == kind && evidence.size() < 4) evidence.push_back(item);
  }
  return evidence;
}

KindReading::Matter Matter(CaseKind kind, const KindScores& probabilities, int turn, std::vector<Evidence> evidence) {
  return {kind, probabilities[Index(kind)], turn, std::move(evidence)};
}

/// The kinds that an agent names, in the order of the kinds.
std::vector<CaseKind> NamedKinds(std::string_view agent) {
  static const std::pair<CaseKind, language::Pattern> kNames[] = {
      {CaseKind::kInquiry, language::Pattern{"咨询"}},    {CaseKind::kHelp, language::Pattern{"求助|抢修|救助"}},
      {CaseKind::kComplaint, language::Pattern{"投诉"}},  {CaseKind::kReport, language::Pattern{"举报"}},
      {CaseKind::kSuggestion, language::Pattern{"建议"}}, {CaseKind::kPraise, language::Pattern{"表扬|致谢"}}};
  std::vector<CaseKind> named;
  for (const auto& [kind, name] : kNames) {
    if (name.Matches(agent)) named.push_back(kind);
  }
  return named;
}

/// The agent says that it becomes two cases, and of which kinds: "分成两件：补缴是咨询，窗口的服务另立一件投诉". What
/// is set apart is the second, though more may have been said of it: `likely` are the others, by the order of the
/// kinds.
std::optional<std::pair<CaseKind, KindReading::Matter>> SetApart(std::span<const Turn> turns, CaseKind first,
                                                                 const KindScores& likely) {
  static const language::Pattern apart{
      "分(?:成|开|作|别)?(?:登记|记|转|派)?(?:为|成)?两|两(?:件|张|份|条)(?:事|单子|单|工单|诉求)?|"
      "(?:另外?|单独|再|单)(?:给您|帮您|为您|我)?(?:立|开|登|记|建|做|派|填)(?:记)?(?:了)?一(?:件|张|份|条)|"
      "各(?:走|登|记|开)|(?:咨询|投诉|举报|建议|表扬|求助)(?:件|单)?[^。]{0,20}[，,；;][^。]{0,16}"
      "(?:咨询|投诉|举报|建议|表扬|求助)(?:件|单|另)"};
  static const language::Pattern one_more{
      "(?:另外?|单独|再)(?:给您|帮您|为您|我)?(?:立|开|登|记|建|做|填)(?:记)?一个?(?:投诉|举报|建议|表扬)"};
  int caller = 0;
  for (const Turn& turn : turns) {
    if (turn.speaker == Speaker::kCaller) {
      caller = turn.number;
      continue;
    }
    if (caller == 0 || (!apart.Matches(turn.text) && !one_more.Matches(turn.text))) continue;
    std::vector<CaseKind> named = NamedKinds(turn.text);
    const auto matter = [&](CaseKind kind) {
      return KindReading::Matter{kind, .75, caller, {{"SET_APART", turn.text, turn.number}}};
    };
    if (named == std::vector{first} && one_more.Matches(turn.text)) {
      KindScores others = likely;
      others[Index(first)] = -1;
      const auto best = std::max_element(others.begin(), others.end()) - others.begin() + 1;
      return std::pair{static_cast<CaseKind>(best), matter(first)};
    }
    std::erase(named, first);
    if (named.size() == 1) return std::pair{first, matter(named.front())};
  }
  return std::nullopt;
}

/// A wish of its own, told after the first matter and taken up by the agent ("分成两件", "单独登记").
std::optional<KindReading::Matter> SecondRequest(std::span<const Turn> turns, CaseKind first) {
  static const language::Pattern apart{
      "(?:单独|另外|分别|分开)[^，。？?]{0,8}(?:登记|记|转|派|写)|[^，。]{2,8}的事(?:我)?(?:派|转|请)"};
  static const language::Pattern another_wish{
      "(?:另外|还有(?:个|一个|件|一件|点)?(?:小)?事|顺便|再一个|对了)[^。！!]{2,60}(?:能不能|能否|管不管|想请|帮|"
      "修一修|催)"};
  std::size_t caller_turns = 0;
  for (std::size_t i = 0; i < turns.size(); ++i) {
    const Turn& turn = turns[i];
    if (turn.speaker != Speaker::kCaller || ++caller_turns == 1) continue;
    const bool taken_up =
        std::any_of(turns.begin() + static_cast<std::ptrdiff_t>(i), turns.end(), [](const Turn& later) {
          return later.speaker == Speaker::kAgent &&
                 (SpokenCues().Has("record_more", later.text) ||
                  Contains(later.text, {"登记一个建议", "记个建议", "提个建议", "建议我", "这个建议", "您的建议",
                                        "建议：", "登记一个投诉", "记个投诉", "登记一个表扬", "表扬和"}) ||
                  apart.Matches(later.text));
        });
    if (!taken_up) continue;
    struct Wish {
      CaseKind kind;
      std::initializer_list<std::string_view> words;
    };
    static const Wish kWishes[] = {
        {CaseKind::kSuggestion, {"建议", "提个意见", "应该有", "应该给", "要是能", "能不能加", "就好了", "希望你们能"}},
        {CaseKind::kPraise, {"表扬", "夸夸", "要感谢", "想感谢"}},
        {CaseKind::kComplaint, {"投诉", "态度太", "给个说法"}},
        {CaseKind::kReport, {"举报"}},
        {CaseKind::kInquiry, {"我还想问", "顺便问", "再问一个", "另外问", "还想咨询"}}};
    for (const Wish& wish : kWishes) {
      if (wish.kind == first || !Contains(turn.text, wish.words)) continue;
      if (wish.kind == CaseKind::kComplaint && Denies(turn.text, "投诉")) continue;
      return KindReading::Matter{wish.kind, .7, turn.number, {{"SECOND_REQUEST", turn.text, turn.number}}};
    }
    if (first != CaseKind::kHelp && another_wish.Matches(turn.text))
      return KindReading::Matter{CaseKind::kHelp, .6, turn.number, {{"SECOND_REQUEST", turn.text, turn.number}}};
  }
  return std::nullopt;
}

bool Said(std::span<const Turn> turns, Speaker speaker, std::string_view group) {
  return std::any_of(turns.begin(), turns.end(),
                     [&](const Turn& turn) { return turn.speaker == speaker && SpokenCues().Has(group, turn.text); });
}

}  // namespace

const KindReader& KindReader::Get() {
  static const KindReader reader{language::LinearHead{embedded::case_kind}};
  return reader;
}

std::string CallText(std::span<const Turn> turns) {
  std::string text;
  for (const Turn& turn : turns) {
    if (turn.speaker != Speaker::kCaller && !SpokenCues().Has("restate", turn.text)) continue;
    if (!turn.title.empty()) text.append(turn.title).append("\n");
    text.append(turn.text).append("\n");
  }
  return text;
}

KindScores KindReader::OfTurn(const Turn& turn) const {
  language::Features features =
      language::FeaturesOf(turn.title.empty() ? turn.text : turn.title + "。" + turn.text, SpokenCues());
  features.emplace_back(turn.speaker == Speaker::kAgent ? "#speaker_a" : "#speaker_c", 1.0F);
  const std::vector<double> p = language::Softmax(head_.Scores(features));
  KindScores scores{};
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (const auto kind = language::CaseKindFromName(head_.labels()[i])) scores[Index(*kind)] = p[i];
  }
  return scores;
}

KindReading KindReader::Read(std::span<const Turn> turns, const language::HeadVoice* encoder,
                             const std::optional<Leak>& leak) const {
  Balance balance;
  int caller_turns = 0;
  for (const Turn& turn : turns) {
    const bool caller = turn.speaker == Speaker::kCaller;
    // The first words say what a call is for; a later wish is more often a second matter than the first.
    const double early = !caller ? 0 : caller_turns == 0 ? 1.0 : caller_turns == 1 ? .5 : caller_turns == 2 ? .25 : 0;
    const bool restates = !caller && SpokenCues().Has("restate", turn.text);
    const double weight = caller ? .25 + .9 * early : restates ? .6 : 0;
    if (weight > 0) {
      const KindScores scores = OfTurn(turn);
      for (std::size_t i = 0; i < scores.size(); ++i) balance.scores[i] += weight * std::log(.02 + scores[i]);
    }
    if (caller) {
      WeighOpening(turn, early, balance);
      ++caller_turns;
    } else {
      WeighAgent(turn, balance);
    }
  }
  std::vector<double> softmax = language::Softmax({balance.scores.begin(), balance.scores.end()});
  if (encoder != nullptr) softmax = encoder->With(softmax);
  KindScores probabilities{};
  std::copy(softmax.begin(), softmax.end(), probabilities.begin());
  const auto best = static_cast<CaseKind>(std::max_element(softmax.begin(), softmax.end()) - softmax.begin() + 1);

  KindReading reading{.matters = {}, .first = probabilities};
  const int first_turn = turns.empty() ? 1 : turns.front().number;
  const bool reported =
      (leak && leak->heard) || best == CaseKind::kReport || Said(turns, Speaker::kCaller, "secrecy") ||
      std::any_of(turns.begin(), turns.end(), [](const Turn& turn) { return Contains(turn.text, {"举报"}); });
  if (leak && reported) {
    reading.matters.push_back(
        Matter(CaseKind::kReport, probabilities, first_turn, EvidenceFor(CaseKind::kReport, balance)));
    reading.matters.push_back({CaseKind::kComplaint, .8, leak->evidence.turn, {leak->evidence}});
    return reading;
  }
  const auto apart = SetApart(turns, best, probabilities);
  const CaseKind first = apart ? apart->first : best;
  reading.matters.push_back(Matter(first, probabilities, first_turn, EvidenceFor(first, balance)));
  if (apart) {
    reading.matters.push_back(apart->second);
  } else if (auto second = SecondRequest(turns, best); second) {
    reading.matters.push_back(std::move(*second));
  }
  return reading;
}

}  // namespace hotline::classification
