#include "classification/domain/questions.h"

#include <algorithm>

#include "classification/domain/cues.h"
#include "language/patterns.h"
#include "language/text.h"

namespace hotline::classification {
namespace {

using language::Pattern;

/// A word that asks makes a question where the sentence ends as one, or has no end; "哪儿也没去过。" tells. Who says
/// that he asks does so in any sentence. `after`: what follows it, its mark first.
bool Asks(std::string_view sentence, std::string_view after) {
  static const Pattern says_so{"想问|请问|咨询|问一下|问下|打听|想知道|了解(?:一下|下|这|那)|想了解"};
  static const Pattern asking{
      "吗|呢|什么|怎么(?!这样|能这样|又)|咋|多少|几(?:天|个|点|号|岁|月|年|级)|多久|多大|哪(?!怕)|"
      "能不能|可不可以|要不要|是不是|有没有|行不行|算不算"};
  // Reproaches are spoken as questions, too, and no article answers them; nor what becomes of this very call.
  static const Pattern reproach{
      "管不管|凭什么|凭啥|干什么吃|怎么管的|像话|还是人吗|谁管|有人管|你们到底|对吗|是吧|听得到|在吗$|我怎么办$|"
      "你们?(?:上次|是不是|知道)|我就问(?:一句|你)"};
  static const Pattern own_matter{
      "回音|^(?:那|这|得|要|大概|一般|到底|您|你们?|我)*(?:多久|多长时间|什么时候|啥时候|几天|哪天)(?:能|才|会)*有个?"
      "(?:准?信儿?|消息|结果|答复|回复)|(?:今天|今晚|晚上|明天|现在|多久|什么时候|"
      "啥时候)能(?:来|到$)|"
      "转(?:的|给)(?:是)?(?:哪个|什么)|工号|叫(?:什么|啥)名|再查一下"};
  if (reproach.Matches(sentence) || own_matter.Matches(sentence)) return false;
  if (says_so.Matches(sentence) || after.starts_with("?") || after.starts_with("？")) return true;
  return asking.Matches(sentence) && (after.empty() || after.starts_with("\n"));
}

/// Without greetings, hesitation and particles at either end.
std::string Tidy(std::string_view sentence) {
  static const Pattern head{
      "^(?:喂|哎|诶|嗯|哦|啊|你好|您好|请问|同志|一下|那个|就是|然后|那么|那|我想(?:问|咨询|了解|知道)(?:一下|下|个事)?"
      "|想(?:问|咨询)(?:一下|下)?|(?:我)?问(?:一下|下|个事)|咨询(?:一下|下)?|[，,、。.…!！?？\\s])+"};
  static const Pattern tail{"(?:[啊呢呀嘛吧哦哈，,。.!！?？…\\s]|你知道吗|是吧)+$"};
  std::string text{sentence};
  if (const auto found = head.FindAll(text); !found.empty() && found.front().at == 0)
    text.erase(0, found.front().words.size());
  if (const auto found = tail.FindAll(text); !found.empty()) text.erase(found.back().at);
  return text;
}

/// All that is asked in a turn, tidied, in one line.
std::string AskedIn(std::string_view text) {
  std::string asked;
  for (const language::Span& span : language::Sentences(text)) {
    const std::string_view sentence = span.In(text);
    if (!Asks(sentence, text.substr(span.end))) continue;
    const std::string tidy = Tidy(sentence);
    if (tidy.empty()) continue;
    if (!asked.empty()) asked += "，";
    asked += tidy;
  }
  return asked;
}

/// Too short to stand alone.
bool Leans(std::string_view question) { return language::CountCharacters(question) < 9; }

std::string ForRegion(std::string question, std::string_view region) {
  if (question.empty()) return question;
  if (!region.empty() && question.find(region) == std::string::npos) question.insert(0, region);
  return question + "？";
}

/// "您想知道……，对吗？": what stands between.
std::string Restated(std::string_view agent) {
  static const Pattern restated{
      "(?<=想知道|想问|想了解|想咨询|想弄明白)[^。！!]{6,120}?(?=[，,]?(?:对吗|是吧|对吧|是吗|是这个意思|对不对|[。?？!"
      "！]|$))"};
  const auto found = restated.FindAll(agent);
  return found.empty() ? std::string{} : Tidy(found.front().words);
}

}  // namespace

std::string OpenQuestion(std::span<const Turn> before, const Turn& turn, std::string_view region) {
  if (turn.speaker != Speaker::kCaller) return {};
  std::string asked = AskedIn(turn.text);
  if (asked.empty()) return {};
  if (Leans(asked)) {
    for (auto earlier = before.rbegin(); earlier != before.rend(); ++earlier) {
      const std::string full = earlier->speaker == Speaker::kAgent ? Restated(earlier->text) : AskedIn(earlier->text);
      if (full.empty() || Leans(full)) continue;
      asked = full + "，" + asked;
      break;
    }
  }
  return ForRegion(std::move(asked), region);
}

std::string QuestionOfCall(std::span<const Turn> turns, std::string_view region) {
  for (const Turn& turn : turns) {
    if (turn.speaker != Speaker::kAgent) continue;
    if (std::string restated = Restated(turn.text); !restated.empty()) return ForRegion(std::move(restated), region);
  }
  for (std::size_t i = 0; i < turns.size(); ++i) {
    if (std::string asked = OpenQuestion(turns.first(i), turns[i], region); !asked.empty()) return asked;
  }
  return {};
}

}  // namespace hotline::classification
