#pragma once

#include <string_view>

#include "language/vocabulary.h"
#include "platform/time.h"

namespace hotline::intake {

using platform::Time;

// The field's terms. Numbers equal those of protos/hotline/common/v1/vocabulary.proto.
using language::CaseKind;
using language::Intent;
using language::Peril;
using language::Speaker;

enum class Channel { kPhone = 1, kWechat, kWeb, kLetter, kSystem };

/// 满意度, five levels.
enum class Rating { kVerySatisfied = 1, kSatisfied, kFairlySatisfied, kDissatisfied, kVeryDissatisfied };

/// Where a case stands (design.md §6).
enum class CaseState {
  kPending = 1,           ///< 待受理
  kAnsweredDirectly,      ///< 直接答复
  kInformed,              ///< 告知
  kEmergencyTransferred,  ///< 紧急转接
  kToDispatch,            ///< 待派遣
  kDispatched,            ///< 已派遣
  kSigned,                ///< 已签收
  kHandling,              ///< 处置中
  kReturnRuling,          ///< 退单待裁定
  kExtensionApproval,     ///< 延期审批
  kSuspended,             ///< 挂起
  kReplied,               ///< 已答复
  kToFollowUp,            ///< 待回访
  kClosed,                ///< 办结
  kReopened,              ///< 重新办理
  kMerged,                ///< 并入主件
};

[[nodiscard]] std::string_view Name(CaseState state);

/// 不满意 or 非常不满意.
[[nodiscard]] constexpr bool IsBad(Rating rating) {
  return rating == Rating::kDissatisfied || rating == Rating::kVeryDissatisfied;
}

/// No obligation is left: 告知, 紧急转接, 办结, 并入主件. A case in 直接答复 still waits to be followed up.
[[nodiscard]] constexpr bool IsEnd(CaseState state) {
  return state == CaseState::kInformed || state == CaseState::kEmergencyTransferred || state == CaseState::kClosed ||
         state == CaseState::kMerged;
}

}  // namespace hotline::intake
