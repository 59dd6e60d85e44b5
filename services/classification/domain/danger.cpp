#include "classification/domain/danger.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "language/patterns.h"
#include "language/text.h"

namespace hotline::classification {
namespace {

using language::Pattern;

/// Of 135 calls of danger in nine files, two of which it had learned concerns from, an encoder is so sure in 117, of
/// 438 calm ones in 16. The words below alone stand in 5 and in 43.
constexpr double kSureOfDanger = .3;
/// Words that say so are meant where it is at least so sure.
constexpr double kNotHarmless = .1;

/// Words, of a caller or an agent, and the number that they are for.
struct Rule {
  Pattern pattern;
  std::string_view number;
};

const std::array<Rule, 6>& Rules() {
  // Idioms of tiredness ("累得想死", "想死的心都有了") are no danger; what is left needs a present means, place or
  // will.
  static const std::array<Rule, 6> rules = {
      Rule{Pattern{"(?:我)?(?:真的|就)?不想活(?!动)|活着(?:没|还有什么)意思|死了算了|跳(?:下去|楼|河)(?!机)|(?:我)?"
                   "要是下去了|一了百了|遗书|(?:安眠|农)药(?:都)?(?:买好|在|吃了|喝了)|药[…]*在桌上|割腕|站在(?:桥|"
                   "楼顶|天台)|在(?:楼顶|天台|塔吊)|(?:东西|后事)(?:我)?都(?:收拾|安排)好了|如果妈妈也不在了"},
           "110"},
      Rule{Pattern{"(?:着火|起火|失火)了|冒(?:浓)?烟(?:了)?|(?:困在|卡在)(?:电梯|车|火)|(?:煤气|燃气|天然气)(?:味|泄漏|"
                   "漏)|有人(?:落水|溺水)|要爆炸"},
           "119"},
      Rule{Pattern{"(?:昏迷|晕倒|没呼吸|喘不上气|大出血|流了好多血|中毒了|抽搐|心梗|要生了|羊水破)"}, "120"},
      Rule{Pattern{"(?:拿|持|提)(?:着)?(?:刀|棍|铁棍|斧)|(?:砸|踹|撬)(?:我家)?(?:的)?门|(?:要|说)(?:弄死|打死|杀)|"
                   "正在打(?:我|人|架)|绑架|(?:堵|站)在?(?:我)?(?:家)?门口[^。]{0,12}(?:威胁|不敢|等着)|跟踪我"},
           "110"},
      Rule{Pattern{"(?:堵|封)(?:了)?(?:路|桥|高速|大门|航道|大道)|把[^，。]{2,10}堵(?:了|上|住)|拉横幅|(?:全都|都)去(?:"
                   "市|区|县|省)政府门口"},
           "110"},
      Rule{Pattern{"抑郁(?:症)?[^，。]{0,6}(?:难受|发作|撑)|撑不下去|心里(?:太)?(?:苦|难受)[^，。]{0,8}(?:没人|说说)"},
           "12356"}};
  return rules;
}

/// Every caller's turn, with how sure an encoder is of danger in it (nothing where none heard it): `take(turn, danger)`
/// until it says that it has enough.
template <typename Take>
void OverCaller(std::span<const Turn> turns, std::span<const CallerReading> readings, Take take) {
  std::size_t n = 0;
  for (const Turn& turn : turns) {
    if (turn.speaker != Speaker::kCaller) continue;
    const CallerReading* const reading = n < readings.size() ? &readings[n] : nullptr;
    ++n;
    if (take(turn, reading != nullptr ? reading->danger : std::nullopt)) return;
  }
}

#define NOW "(?:我|这边|同步|同时|马上|立刻|立即|这就|现在|已经?|正在|正|帮您|替您|给您|为您|一边|同事)"
#define CALLS "(?:联系|通知|转接|接通|接上|接入|接进|接|连线|连|呼叫|喊|叫|拨|打|调)"
#define WITHIN(n) "[^，。；！？!?,;]{0," #n "}"
/// Whoever is called is called now, or is on the way.
#define HELPED_BY(who) \
  NOW WITHIN(10) CALLS WITHIN(6) who "|" NOW WITHIN(8) who WITHIN(8) "(?:三方|接进|接通|连线|连上|叫了|调|派|接)|" \
  "(?:现在|马上|同步|立刻|立即|这就)" WITHIN(4) "(?:转|报)(?:给|到)?" who "|"                                      \
  who WITHIN(8) "(?:在路上|路上了|出发|出动|出警|往您|往你|在赶|赶来|赶过去|已经接|已接|在线|马上到|马上来|分钟(?:就|内)?到)"

/// Whom the agent has sent, most pressing first.
const std::array<Rule, 4>& Helpers() {
  static const std::array<Rule, 4> helpers = {
      Rule{Pattern{HELPED_BY("(?:119|一一九|消防)")}, "119"},
      Rule{Pattern{HELPED_BY("(?:120|一二零|急救(?:中心)?|救护车)")}, "120"},
      Rule{Pattern{HELPED_BY("(?:12356|心理(?:援助|危机(?:干预)?)?(?:热线|老师)|心理危机)")}, "12356"},
      Rule{Pattern{HELPED_BY("(?:(?<!96)110|一一零|民警|警察|警方|派出所|警车)") "|" NOW WITHIN(
               6) "(?:报警(?!器|电话|回执|人)|报了警)"},
           "110"}};
  return helpers;
}

#undef HELPED_BY
#undef WITHIN
#undef CALLS
#undef NOW

/// A sentence that advises, asks, tells of another day or of a lesson.
bool IsOfAnotherTime(std::string_view sentence) {
  static const Pattern other{
      "要是|如果|万一|一旦|遇到|下次|以后|随时|当时|那天|之前|上次|昨天|以前|演练|演习|宣传|讲座|培训|[一-龥]课|"
      "(?:您|你)(?:可以|也|先|就|直接|自己|赶紧|快|要|得|最好)?(?:去)?(?:拨打?|打|报警|联系)|建议您|请您"};
  return other.Matches(sentence);
}

}  // namespace

std::optional<Emergency> FindEmergency(std::span<const Turn> turns, std::span<const CallerReading> readings) {
  static const Pattern own_life{"活|死|跳|下去|了百了|遗书|药|割腕|桥|楼顶|天台|塔吊|收拾|安排|不在了|撑|抑郁|苦"};
  for (const Rule& rule : Rules()) {
    std::optional<Emergency> found;
    OverCaller(turns, readings, [&](const Turn& turn, std::optional<double> danger) {
      if (danger && *danger < kNotHarmless) return false;
      const auto spans = rule.pattern.FindAll(turn.text);
      if (spans.empty()) return false;
      const bool of_oneself = &rule == &Rules().front() || rule.number == "12356";
      found = {.number = std::string{rule.number},
               .crisis = of_oneself && own_life.Matches(spans.front().words),
               .evidence = {"EMERGENCY", spans.front().words, turn.number}};
      return true;
    });
    if (found) return found;
  }
  return std::nullopt;
}

std::optional<Evidence> HearDanger(std::span<const Turn> turns, std::span<const CallerReading> readings) {
  std::optional<Evidence> heard;
  OverCaller(turns, readings, [&](const Turn& turn, std::optional<double> danger) {
    if (danger.value_or(0) >= kSureOfDanger) heard = {"EMERGENCY", turn.text, turn.number};
    return heard.has_value();
  });
  if (heard) return heard;
  if (auto told = FindEmergency(turns, readings)) return std::move(told->evidence);
  return std::nullopt;
}

std::optional<HandOver> FindHandOver(std::span<const Turn> turns) {
  for (const Turn& turn : turns) {
    if (turn.speaker != Speaker::kAgent) continue;
    for (const language::Span& span : language::Sentences(turn.text)) {  // What is advised in one is done in the next.
      const std::string_view sentence = span.In(turn.text);
      if (IsOfAnotherTime(sentence)) continue;
      for (const Rule& helper : Helpers()) {
        const auto found = helper.pattern.FindAll(sentence);
        if (!found.empty())
          return HandOver{std::string{helper.number}, {"HANDED_OVER", found.front().words, turn.number}};
      }
    }
  }
  return std::nullopt;
}

}  // namespace hotline::classification
