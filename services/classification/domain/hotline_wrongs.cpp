#include "classification/domain/hotline_wrongs.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "classification/domain/cues.h"
#include "classification/domain/emotion_trend.h"
#include "language/patterns.h"

namespace hotline::classification {
namespace {

/// On 400 labelled calls that it had not learned from it was so sure in eleven of thirteen that were leaked, and in no
/// other.
constexpr double kSureOfLeak = .5;

/// Words of a leak. Nobody admits one that was not told.
std::optional<Evidence> ToldLeak(std::span<const Turn> turns) {
  static const language::Pattern in_their_hands{
      "(?:截图|工单|单子|举报信|材料|原话|录音|内容|号码|名字|说的话)[^。！？!?]{0,24}(?:没挡|没遮|没打码|学(?:给|出来)"
      "|念(?:了|出|给)|拍在|"
      "摆在|甩(?:在|到|给)|一(?:个)?字(?:都)?不(?:差|落)|在(?:他|老板|领导)[^。，]{0,3}手)|就是我(?:当时)?(?:在)?"
      "电话里(?:说)?的|"
      "(?:举报|反映|告状)[^。！？!?]{0,16}(?:找上门|报复|对质)"};
  static const language::Pattern admitted{
      "泄(?:露|密|漏|出)|(?:单子|工单|内容)[^。]{0,8}(?:传|流|漏)(?:了)?出去|"
      "(?:信息|号码|名字|房号)[^。]{0,12}(?:给出去|透出去|让[^。]{1,6}(?:看|知道))"};
  static const language::Pattern not_admitted{"不(?:会)?泄|依法保密|防止"};
  bool caller_spoke = false;
  for (const Turn& turn : turns) {
    std::string words;
    if (turn.speaker == Speaker::kCaller) {
      caller_spoke = true;
      const auto found = in_their_hands.FindAll(turn.text);
      words = found.empty() ? std::string{SpokenCues().First("leak", turn.text)} : found.front().words;
    } else if (caller_spoke && !not_admitted.Matches(turn.text)) {
      if (const auto found = admitted.FindAll(turn.text); !found.empty()) words = found.front().words;
    }
    if (!words.empty()) return Evidence{"INFORMANT_LEAKED", std::move(words), turn.number};
  }
  return std::nullopt;
}

std::optional<Evidence> HeardLeak(std::span<const Turn> turns, std::span<const CallerReading> readings) {
  std::size_t n = 0;
  for (const Turn& turn : turns) {
    if (turn.speaker != Speaker::kCaller) continue;
    if (n == readings.size()) break;
    if (readings[n++].leak.value_or(0) >= kSureOfLeak) return Evidence{"INFORMANT_LEAKED", turn.text, turn.number};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Leak> FindLeak(std::span<const Turn> turns, std::span<const CallerReading> readings) {
  std::optional<Evidence> heard = HeardLeak(turns, readings);
  if (std::optional<Evidence> told = ToldLeak(turns)) return Leak{*std::move(told), heard.has_value()};
  if (heard) return Leak{*std::move(heard), true};
  return std::nullopt;
}

std::optional<Evidence> FindComplaintOfAgent(std::span<const Turn> turns, std::span<const CallerReading> readings) {
  static const language::Pattern complains{
      "投诉(?:的)?(?:就是)?[你您](?!们)|"
      "投诉(?:一下)?(?:[你您]们)?(?:这个|那个|刚才|刚刚|上午|昨天|今天|[你您])*(?:这个|那个|这位|那位)?"
      "(?:热线|接电话|接线|话务|坐席|客服|电话员)|"
      "投诉[^。！？!?]{0,10}[你您](?:刚才|刚刚|这|的(?:态度|口气|服务))|(?:这个|这通)电话我?(?:要)?投诉|"
      "工号[^。！？!?]{0,24}投诉|投诉[^。！？!?]{0,24}工号|"
      "(?:要|得)(?:反映|告)(?:一下)?[你您](?!们)|告你一状|"
      "(?:跟|找|叫|让|喊)你们?(?:屋)?(?:领导|班长|主任|主管|值班长|负责人)"};
  static const language::Pattern asks_who{"工号|[你您](?:叫(?:什么|啥)|贵姓|姓(?:什么|啥))"};
  static const language::Pattern denied{"(?:不|别|没有?)(?:是|算|要|想|用|来|打算)*(?:投诉|告[你您])"};
  std::size_t caller_turns = 0;
  for (const Turn& turn : turns) {
    if (turn.speaker != Speaker::kCaller) continue;
    const std::size_t n = caller_turns++;
    // How a call opens is what the caller comes for, and an agent who has said nothing has done no wrong.
    if (n == 0 || denied.Matches(turn.text)) continue;
    const bool angry = n < readings.size() && FamilyOf(readings[n].emotion) == Family::kAngry;
    std::vector<language::Pattern::Span> found = complains.FindAll(turn.text);
    if (found.empty() && angry) found = asks_who.FindAll(turn.text);
    if (!found.empty()) return Evidence{"AGENT_COMPLAINED_OF", std::string{found.front().words}, turn.number};
  }
  return std::nullopt;
}

}  // namespace hotline::classification
