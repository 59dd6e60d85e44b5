#include "language/vocabulary.h"

#include <algorithm>
#include <array>

namespace hotline::language {
namespace {

constexpr std::array<std::string_view, 2> kSpeakers{"agent", "caller"};
constexpr std::array<std::string_view, 6> kCaseKinds{"咨询", "求助", "投诉", "举报", "建议", "表扬"};
constexpr std::array<std::string_view, 11> kEmotions{"平静", "焦虑", "委屈", "不满", "失望", "愤怒",
                                                     "讽刺", "恐惧", "悲伤", "绝望", "感激"};
constexpr std::array<std::string_view, 5> kIntents{"倾诉", "求尊重", "求补偿", "求解决", "求信息"};
constexpr std::array<std::string_view, 4> kRiskLevels{"green", "yellow", "orange", "red"};
constexpr std::array<std::string_view, 6> kPostEmotions{"neutral", "angry", "happy", "sad", "fear", "surprise"};

constexpr std::array<std::string_view, 15> kTopics{"城乡建设", "环境保护", "交通运输", "教育文体", "劳动和社会保障",
                                                   "商贸旅游", "卫生计生", "农村农业", "国土资源", "民政",
                                                   "政法",     "党务政务", "纪检监察", "经济管理", "科技与信息产业"};

constexpr std::array<std::string_view, 39> kDepartments{"城市管理执法局", "住房和城乡建设局", "人力资源和社会保障局",
                                                        "医疗保障局",     "教育局",           "卫生健康委员会",
                                                        "生态环境局",     "市场监督管理局",   "公安局",
                                                        "公安交管",       "出入境管理",       "交通运输局",
                                                        "民政局",         "自然资源和规划局", "应急管理局",
                                                        "消防救援",       "水务局",           "农业农村局",
                                                        "文化和旅游局",   "体育局",           "税务局",
                                                        "商务局",         "司法局",           "退役军人事务局",
                                                        "信访局",         "残疾人联合会",     "住房公积金管理中心",
                                                        "供热单位",       "供水单位",         "供电单位",
                                                        "燃气单位",       "通信管理",         "邮政管理",
                                                        "街道乡镇",       "热线管理机构",     "纪检监察机关",
                                                        "不动产登记中心", "金融监管",         "发展和改革委员会"};

template <typename Enum, std::size_t N>
constexpr std::array<Enum, N> Enumerators() {
  std::array<Enum, N> all{};
  for (std::size_t i = 0; i < N; ++i) all[i] = static_cast<Enum>(i + 1);
  return all;
}

template <typename Enum, std::size_t N>
std::optional<Enum> FromName(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin() + 1);
}

template <typename Enum, std::size_t N>
std::string_view NameIn(const std::array<std::string_view, N>& names, Enum value) {
  return names.at(static_cast<std::size_t>(value) - 1);
}

constexpr auto kAllCaseKinds = Enumerators<CaseKind, kCaseKinds.size()>();
constexpr auto kAllEmotions = Enumerators<Emotion, kEmotions.size()>();
constexpr auto kAllIntents = Enumerators<Intent, kIntents.size()>();
constexpr auto kAllRiskLevels = Enumerators<RiskLevel, kRiskLevels.size()>();
constexpr auto kAllPostEmotions = Enumerators<PostEmotion, kPostEmotions.size()>();

}  // namespace

std::string_view Name(Speaker speaker) { return NameIn(kSpeakers, speaker); }
std::string_view Name(CaseKind kind) { return NameIn(kCaseKinds, kind); }
std::string_view Name(Emotion emotion) { return NameIn(kEmotions, emotion); }
std::string_view Name(Intent intent) { return NameIn(kIntents, intent); }
std::string_view Name(RiskLevel level) { return NameIn(kRiskLevels, level); }
std::string_view Name(PostEmotion emotion) { return NameIn(kPostEmotions, emotion); }

std::optional<CaseKind> CaseKindFromName(std::string_view name) { return FromName<CaseKind>(kCaseKinds, name); }
std::optional<Emotion> EmotionFromName(std::string_view name) { return FromName<Emotion>(kEmotions, name); }
std::optional<Intent> IntentFromName(std::string_view name) { return FromName<Intent>(kIntents, name); }
std::optional<RiskLevel> RiskLevelFromName(std::string_view name) { return FromName<RiskLevel>(kRiskLevels, name); }
std::optional<PostEmotion> PostEmotionFromName(std::string_view name) {
  return FromName<PostEmotion>(kPostEmotions, name);
}

std::span<const CaseKind> AllCaseKinds() { return kAllCaseKinds; }
std::span<const Emotion> AllEmotions() { return kAllEmotions; }
std::span<const Intent> AllIntents() { return kAllIntents; }
std::span<const RiskLevel> AllRiskLevels() { return kAllRiskLevels; }
std::span<const PostEmotion> AllPostEmotions() { return kAllPostEmotions; }

std::span<const std::string_view> TopicNames() { return kTopics; }
std::span<const std::string_view> DepartmentNames() { return kDepartments; }

}  // namespace hotline::language
