#include "hotline/cli/names.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "contracts/enums.h"
#include "language/vocabulary.h"

namespace hotline::cli {
namespace {

using common::v1::CaseState;
using common::v1::Channel;
using common::v1::Rating;

constexpr std::array<std::pair<CaseState, std::string_view>, 16> kStates{{
    {CaseState::CASE_STATE_PENDING, "待受理"},
    {CaseState::CASE_STATE_ANSWERED_DIRECTLY, "直接答复"},
    {CaseState::CASE_STATE_INFORMED, "告知"},
    {CaseState::CASE_STATE_EMERGENCY_TRANSFERRED, "紧急转接"},
    {CaseState::CASE_STATE_TO_DISPATCH, "待派遣"},
    {CaseState::CASE_STATE_DISPATCHED, "已派遣"},
    {CaseState::CASE_STATE_SIGNED, "已签收"},
    {CaseState::CASE_STATE_HANDLING, "处置中"},
    {CaseState::CASE_STATE_RETURN_RULING, "退单待裁定"},
    {CaseState::CASE_STATE_EXTENSION_APPROVAL, "延期审批"},
    {CaseState::CASE_STATE_SUSPENDED, "挂起"},
    {CaseState::CASE_STATE_REPLIED, "已答复"},
    {CaseState::CASE_STATE_TO_FOLLOW_UP, "待回访"},
    {CaseState::CASE_STATE_CLOSED, "办结"},
    {CaseState::CASE_STATE_REOPENED, "重新办理"},
    {CaseState::CASE_STATE_MERGED, "并入主件"},
}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 63> kReasons{{
    {"LIFE_DANGER", "生命安全"},
    {"LIFE_DANGER_IMPLIED", "疑似危及生命"},
    {"VIOLENCE", "正在施暴"},
    {"VIOLENCE_IMPLIED", "疑似受制于人"},
    {"LIFE_SELF", "轻生风险"},
    {"LIFE_SELF_IMPLIED", "疑似轻生"},
    {"GROUP_ACTION", "群体聚集"},
    {"PUBLIC_ORDER", "扬言肇事"},
    {"PUBLIC_ORDER_IMPLIED", "疑似要肇事"},
    {"DEATH_ASKED", "坐席问到轻生"},
    {"DANGER_ASKED", "坐席问险情，答是"},
    {"HELP_SENT", "坐席已在求援"},
    {"PETITION", "集体或越级上访"},
    {"INFORMANT_LEAK", "举报人信息泄露"},
    {"CONCERN_DANGER", "提到危险"},
    {"CONCERN_GROUP", "多人诉求"},
    {"CONCERN_LEAK", "担心泄密"},
    {"CONCERN_EXPOSURE", "要找媒体或上访"},
    {"CONCERN_EVIDENCE", "在留证据"},
    {"CONCERN_UNSOLVED", "重复未解决"},
    {"CONCERN_PASSED_AROUND", "被推来推去"},
    {"CONCERN_MISCONDUCT", "不满工作人员"},
    {"CONCERN_SARCASM", "反话"},
    {"CONCERN_RESIGNED", "心灰意冷"},
    {"CONCERN_ABUSE", "辱骂"},
    {"CONCERN_COMPLAINT", "诉说不满"},
    {"EMOTION", "情绪"},
    {"EMOTION_RISING", "情绪升级"},
    {"HISTORY_DISSATISFIED", "上次回访不满意"},
    {"HISTORY_OVERDUE", "前单超期未办"},
    {"HISTORY_REOPENED", "前单重新办理过"},
    {"HISTORY_RETURNED", "前单被退回过"},
    {"DISSATISFACTION_FORECAST", "预计会不满意"},
    {"COURSE_OF_CALL", "走向不妙"},
    {"COURSE_OF_DANGER", "话里有险情"},
    {"EXPLAINED_BEFORE_SOOTHING", "未安抚先解释"},
    {"FORBIDDEN_PHRASE", "服务禁语"},
    {"EMPTY_PHRASE_REPEATED", "重复套话"},
    {"PROMISE_WITHOUT_BASIS", "无依据承诺"},
    {"BLAMED_OTHERS", "推责"},
    {"CONTRADICTED_SELF", "前后说法不一"},
    {"EMERGENCY", "险情"},
    {"HANDED_OVER", "坐席已求援"},
    {"LEGAL_ROUTE", "法定途径"},
    {"INFORMANT_LEAKED", "举报泄露"},
    {"AGENT_COMPLAINED_OF", "投诉坐席"},
    {"AGENT_DISPATCHED", "坐席指明承办"},
    {"MATTER_WORDS", "事项"},
    {"SET_APART", "坐席另立一件"},
    {"SECOND_REQUEST", "另一诉求"},
    {"KIND_NAMED", "自称"},
    {"KIND_INQUIRY_WORDS", "咨询的话"},
    {"KIND_HELP_WORDS", "求助的话"},
    {"KIND_COMPLAINT_WORDS", "投诉的话"},
    {"KIND_REPORT_WORDS", "举报的话"},
    {"KIND_SUGGESTION_WORDS", "建议的话"},
    {"KIND_PRAISE_WORDS", "表扬的话"},
    {"KIND_SECRECY", "要求保密"},
    {"KIND_CRISIS", "绝望的话"},
    {"KIND_RESTATED", "坐席复述"},
    {"KIND_HANDLED", "坐席转办"},
    {"KIND_RESCUE", "坐席求援"},
    {"KIND_ANSWERED", "坐席作答"},
}};

constexpr std::array<std::pair<Rating, std::string_view>, 5> kRatings{{
    {Rating::RATING_VERY_SATISFIED, "非常满意"},
    {Rating::RATING_SATISFIED, "满意"},
    {Rating::RATING_FAIRLY_SATISFIED, "基本满意"},
    {Rating::RATING_DISSATISFIED, "不满意"},
    {Rating::RATING_VERY_DISSATISFIED, "非常不满意"},
}};

constexpr std::array<std::pair<Channel, std::string_view>, 5> kChannels{{
    {Channel::CHANNEL_PHONE, "phone"},
    {Channel::CHANNEL_WECHAT, "wechat"},
    {Channel::CHANNEL_WEB, "web"},
    {Channel::CHANNEL_LETTER, "letter"},
    {Channel::CHANNEL_SYSTEM, "system"},
}};

template <typename Table, typename Value>
std::string_view NameIn(const Table& table, Value value) {
  for (const auto& [known, name] : table) {
    if (known == value) return name;
  }
  return "";
}

template <typename Table>
auto ValueIn(const Table& table, std::string_view name) -> std::optional<std::decay_t<decltype(table[0].first)>> {
  for (const auto& [value, known] : table) {
    if (known == name) return value;
  }
  return std::nullopt;
}

template <typename Domain, typename Proto>
std::string_view VocabularyName(Proto value) {
  const std::optional<Domain> known = contracts::FromProto<Domain>(value);
  return known ? language::Name(*known) : std::string_view{};
}

}  // namespace

std::string_view NameOf(common::v1::CaseKind kind) { return VocabularyName<language::CaseKind>(kind); }
std::string_view NameOf(common::v1::Emotion emotion) { return VocabularyName<language::Emotion>(emotion); }
std::string_view NameOf(common::v1::Intent intent) { return VocabularyName<language::Intent>(intent); }
std::string_view NameOf(common::v1::RiskLevel level) { return VocabularyName<language::RiskLevel>(level); }
std::string_view NameOf(CaseState state) { return NameIn(kStates, state); }
std::string_view NameOf(Rating rating) { return NameIn(kRatings, rating); }

std::string_view NameOfReason(std::string_view code) {
  const auto* known =
      std::find_if(kReasons.begin(), kReasons.end(), [&](const auto& one) { return one.first == code; });
  return known == kReasons.end() ? code : known->second;
}

std::optional<common::v1::CaseKind> KindFrom(std::string_view name) {
  const auto kind = language::CaseKindFromName(name);
  if (!kind) return std::nullopt;
  return contracts::ToProto<common::v1::CaseKind>(*kind);
}
std::optional<CaseState> StateFrom(std::string_view name) { return ValueIn(kStates, name); }
std::optional<Rating> RatingFrom(std::string_view name) { return ValueIn(kRatings, name); }
std::optional<Channel> ChannelFrom(std::string_view name) { return ValueIn(kChannels, name); }

}  // namespace hotline::cli
