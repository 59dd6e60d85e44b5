#include "escalation/domain/concerns.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "escalation/domain/embedded_data.h"
#include "escalation/domain/hard_rules.h"
#include "language/cues.h"
#include "language/encoder.h"
#include "language/linear_model.h"
#include "language/patterns.h"
#include "language/text.h"
#include "language/turn_features.h"

namespace hotline::escalation {
namespace {

struct Names {
  std::string_view name;
  std::string_view code;
};

constexpr std::array<Names, kConcerns> kNames = {{{"none", "CONCERN_NONE"},
                                                  {"complaint", "CONCERN_COMPLAINT"},
                                                  {"unsolved", "CONCERN_UNSOLVED"},
                                                  {"passed_around", "CONCERN_PASSED_AROUND"},
                                                  {"resigned", "CONCERN_RESIGNED"},
                                                  {"sarcasm", "CONCERN_SARCASM"},
                                                  {"evidence", "CONCERN_EVIDENCE"},
                                                  {"exposure", "CONCERN_EXPOSURE"},
                                                  {"misconduct", "CONCERN_MISCONDUCT"},
                                                  {"abuse", "CONCERN_ABUSE"},
                                                  {"danger", "CONCERN_DANGER"},
                                                  {"group", "CONCERN_GROUP"},
                                                  {"leak", "CONCERN_LEAK"}}};

/// Both heads together, as language::HeadVoice joins them.
ConcernReading Joined(const ConcernReading& own, const ConcernVoice& encoder) {
  const language::HeadVoice voice{.scores = {encoder.scores.begin(), encoder.scores.end()}, .linear = encoder.linear};
  const std::vector<double> together = voice.With(own);
  ConcernReading reading{};
  std::copy(together.begin(), together.end(), reading.begin());
  return reading;
}

/// Danger that is over, played or joked about is none; whoever asks whether a report is safe tells of no leak. The head
/// reads words and misses that.
void TakeBackTheHarmless(std::string_view words, ConcernReading& reading) {
  static const language::Pattern over{
      "好(?:点|多|些)了|没事了|人(?:都)?(?:没事|好好的)|没(?:有)?(?:人)?受伤|没(?:人)?伤|虚惊|已经(?:送医|脱险|灭|找着|"
      "找到)|"
      "演练|演习|模拟|彩排|开玩笑|哈哈|电影|小说|别误会"};
  static const language::Pattern asks_whether{
      "(?:会不会|会给|会告诉|会泄露|能不能保证|怎么保密|保密(?:吗|不)|我先问清楚)"};
  constexpr double kLeft = .4;
  const auto take_back = [&](Concern concern) {
    double& p = reading[static_cast<std::size_t>(concern)];
    reading[static_cast<std::size_t>(Concern::kNone)] += (1 - kLeft) * p;
    p *= kLeft;
  };
  if (over.Matches(words)) take_back(Concern::kDanger);
  if (asks_whether.Matches(words)) take_back(Concern::kLeak);
}

}  // namespace

language::Features ConcernFeatures(std::string_view said) {
  const std::string turn = WithoutHarmlessWords(said);
  static const language::Cues cues{embedded::cues};
  struct Phrase {
    std::string_view name;
    language::Pattern says;
  };
  static const Phrase phrases[] = {
      {"~nth_time",
       language::Pattern{
           "(?:第|这都|都|这是)[二三四五六七八九十两0-9]+(?:次|回|趟|遍|轮|拨)|(?:前|上)[两几二三四五](?:次|回|趟)|"
           "[三四五六七八九十几0-9]+(?:次|回|趟|遍)了|(?:一而再|反反复复|三番五次|回回|每次都|每回都)"}},
      {"~long_time", language::Pattern{"(?:半|[一两二三四五六七八九十几好多0-9]+)(?:年|个?多?月|个季度)(?:多)?(?:了|还|"
                                       "也|都|来)|从[^，。]{1,8}(?:到现在|"
                                       "到今天|等到|拖到|打到|报到)|年年|月月"}},
      {"~office_after_office",
       language::Pattern{
           "(?:说|让|推给|归|转给|退给|叫我?)[^，。？！]{1,10}[，,][^，。？！]{0,8}(?:说|让|推给|归|转给|又让|退)"}},
      {"~crowd", language::Pattern{"[一二两三四五六七八九十百千几数0-9]+(?:来|多|几)?(?:号|个|名|户|家|条|辆|位)(?:人|"
                                   "业主|工人|家长|船|车|司机|村民|亲戚)?|"
                                   "大家|大伙|全(?:村|厂|班|楼|小区)|(?:业主|家长|工友|村民|司机|商户)们?"}},
      {"~plan", language::Pattern{"(?:明天|明早|今晚|后天|周[一二三四五六日末]|礼拜[一二三四五六天]|下周|初["
                                  "一二三四五六七八九十]|凌晨|[早晚]上?[0-9一二三四五六七八九十]+点)"
                                  "[^。！？]{0,16}(?:去|到|上|来|坐|堵|发|走|停|开)"}},
      {"~you_said", language::Pattern{"你(?:们)?(?:刚才|前面|上午|上次|之前|昨天)?(?:不是)?(?:说|答应|保证|讲)|你(?:这|"
                                      "就|怎么|凭什么|连|根本|倒是|别|能不能)"}},
      {"~children_left", language::Pattern{"(?:我|妈|爸)[^，。]{0,4}(?:不在|走|没|死)了|(?:孩子|闺女|女儿|儿子|老人|猫|"
                                           "狗)[^，。]{0,6}(?:托付|留给|交给|归)"}},
      {"~asks", language::Pattern{"请问|想问|问一下|问下|咨询|打听|怎么(?:办理|申请|弄|走|算|补|换)|(?:要|需要)(?:带|"
                                  "什么|哪些)|多少钱|在哪|几点|行不行$|能不能|可以吗"}},
      {"~laughs", language::Pattern{"哈哈|嘿嘿|嘻嘻|开玩笑|别紧张|说着玩|不是要|不是来"}},
      {"~settled",
       language::Pattern{"有(?:点)?(?:底|数了吧|谱)|踏实|放心了|明白了|清楚了|听懂|图个|不怪|不是冲|消气|说得对|谢谢"}},
      {"~farewell", language::Pattern{"(?:以后|往后|再也)[^，。]{0,4}(?:不|别)[^，。]{0,3}(?:打|问|找|麻烦|报|提)|(?:"
                                      "不|别)(?:用|必)?[^，。]{0,3}(?:登记|回访|写|记|回电)了?"}}};
  language::Features features = language::FeaturesOf(turn, cues);
  std::erase_if(features,
                [](const auto& feature) { return feature.first.starts_with('#') && feature.first != "#bias"; });
  for (const Phrase& phrase : phrases) {
    if (phrase.says.Matches(turn)) features.emplace_back(phrase.name, 1.0F);
  }
  return features;
}

ConcernHead::ConcernHead(language::LinearHead head) : head_{std::move(head)} {
  for (const std::string& label : head_.labels()) {
    const std::optional<Concern> concern = ConcernFromName(label);
    if (!concern) throw std::invalid_argument("the head names a concern that is none: " + label);
    columns_.push_back(static_cast<std::size_t>(*concern));
  }
}

const ConcernHead& ConcernHead::Get() {
  static const ConcernHead head{language::LinearHead{embedded::concern}};
  return head;
}

ConcernReading ConcernHead::ReadWindow(std::string_view words, const ConcernVoice* encoder) const {
  const std::vector<double> p = language::Softmax(head_.Scores(ConcernFeatures(words)));
  ConcernReading reading{};
  for (std::size_t i = 0; i < p.size(); ++i) reading[columns_[i]] = p[i];
  if (encoder != nullptr) reading = Joined(reading, *encoder);
  TakeBackTheHarmless(words, reading);
  return reading;
}

ConcernReading ConcernHead::Read(std::string_view turn, const ConcernVoice* encoder) const {
  constexpr std::size_t kWindow = 100;  // Characters; the head was trained on shorter turns still.
  constexpr std::size_t kWindows = 30;  // A letter says it in the beginning, or never.
  if (turn.size() <= 3 * kWindow) return ReadWindow(turn, encoder);
  // Long turns are read in pieces of whole sentences: one sentence of trouble is trouble.
  ConcernReading reading{};
  std::size_t windows = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
  const auto close = [&] {
    if (end <= begin || windows == kWindows) return;
    const ConcernReading piece = ReadWindow(turn.substr(begin, end - begin), nullptr);
    for (std::size_t i = 1; i < kConcerns; ++i) reading[i] = std::max(reading[i], piece[i]);
    reading[0] = windows++ == 0 ? piece[0] : std::min(reading[0], piece[0]);
  };
  for (const language::Span& sentence : language::Sentences(turn)) {
    if (sentence.end - begin > 3 * kWindow && end > begin) {
      close();
      begin = sentence.begin;
    }
    end = sentence.end;
  }
  close();
  if (encoder == nullptr) return reading;
  // What a sentence tells is not lost in what the whole says.
  ConcernReading whole = Joined(reading, *encoder);
  TakeBackTheHarmless(turn, whole);
  for (std::size_t i = 1; i < kConcerns; ++i) reading[i] = std::max(reading[i], whole[i]);
  reading[0] = std::min(reading[0], whole[0]);
  return reading;
}

std::optional<Concern> ConcernFromName(std::string_view name) {
  for (std::size_t i = 0; i < kConcerns; ++i) {
    if (kNames[i].name == name) return static_cast<Concern>(i);
  }
  return std::nullopt;
}

std::string_view Name(Concern concern) { return kNames[static_cast<std::size_t>(concern)].name; }
std::string_view EvidenceCode(Concern concern) { return kNames[static_cast<std::size_t>(concern)].code; }

std::string_view WordsFor(Concern concern, std::string_view turn) {
  std::string_view best = turn;
  double most = -1;
  for (const language::Span& clause : language::Sentences(turn)) {
    const double p = Of(ConcernHead::Get().Read(clause.In(turn)), concern);
    if (p <= most) continue;
    most = p;
    best = clause.In(turn);
  }
  return best;
}

}  // namespace hotline::escalation
