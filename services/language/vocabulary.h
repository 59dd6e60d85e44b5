#pragma once

#include <optional>
#include <span>
#include <string_view>

/// The field's terms. Numbers equal those of protos/hotline/common/v1/vocabulary.proto; 0 is nothing.
namespace hotline::language {

enum class Speaker { kAgent = 1, kCaller };

/// 诉求类型: 咨询 求助 投诉 举报 建议 表扬.
enum class CaseKind { kInquiry = 1, kHelp, kComplaint, kReport, kSuggestion, kPraise };

/// What a caller feels in a turn: 平静 焦虑 委屈 不满 失望 愤怒 讽刺 恐惧 悲伤 绝望 感激.
enum class Emotion {
  kCalm = 1,
  kAnxious,
  kAggrieved,
  kDissatisfied,
  kDisappointed,
  kAngry,
  kSarcastic,
  kFearful,
  kSad,
  kDesperate,
  kGrateful
};

/// What a caller truly wants: 倾诉 求尊重 求补偿 求解决 求信息.
enum class Intent { kVent = 1, kRespect, kCompensation, kSolution, kInformation };

/// green yellow orange red; orange and red are warnings.
enum class RiskLevel { kGreen = 1, kYellow, kOrange, kRed };

/// 险情: what a red level is for. 生命安全, 群体事件与公共秩序, 举报人信息泄露
enum class Peril { kLife = 1, kCrowd, kInformant };

/// What a short post feels: neutral angry happy sad fear surprise.
enum class PostEmotion { kNeutral = 1, kAngry, kHappy, kSad, kFear, kSurprise };

[[nodiscard]] std::string_view Name(Speaker speaker);
[[nodiscard]] std::string_view Name(CaseKind kind);
[[nodiscard]] std::string_view Name(Emotion emotion);
[[nodiscard]] std::string_view Name(Intent intent);
[[nodiscard]] std::string_view Name(RiskLevel level);
[[nodiscard]] std::string_view Name(PostEmotion emotion);

[[nodiscard]] std::optional<CaseKind> CaseKindFromName(std::string_view name);
[[nodiscard]] std::optional<Emotion> EmotionFromName(std::string_view name);
[[nodiscard]] std::optional<Intent> IntentFromName(std::string_view name);
[[nodiscard]] std::optional<RiskLevel> RiskLevelFromName(std::string_view name);
[[nodiscard]] std::optional<PostEmotion> PostEmotionFromName(std::string_view name);

[[nodiscard]] std::span<const CaseKind> AllCaseKinds();
[[nodiscard]] std::span<const Emotion> AllEmotions();
[[nodiscard]] std::span<const Intent> AllIntents();
[[nodiscard]] std::span<const RiskLevel> AllRiskLevels();
[[nodiscard]] std::span<const PostEmotion> AllPostEmotions();

/// The 15 level-1 topics, and the departments that lead or help with cases.
[[nodiscard]] std::span<const std::string_view> TopicNames();
[[nodiscard]] std::span<const std::string_view> DepartmentNames();

}  // namespace hotline::language
