#include "intake/domain/terms.h"

namespace hotline::intake {

std::string_view Name(CaseState state) {
  switch (state) {
    case CaseState::kPending: return "待受理";
    case CaseState::kAnsweredDirectly: return "直接答复";
    case CaseState::kInformed: return "告知";
    case CaseState::kEmergencyTransferred: return "紧急转接";
    case CaseState::kToDispatch: return "待派遣";
    case CaseState::kDispatched: return "已派遣";
    case CaseState::kSigned: return "已签收";
    case CaseState::kHandling: return "处置中";
    case CaseState::kReturnRuling: return "退单待裁定";
    case CaseState::kExtensionApproval: return "延期审批";
    case CaseState::kSuspended: return "挂起";
    case CaseState::kReplied: return "已答复";
    case CaseState::kToFollowUp: return "待回访";
    case CaseState::kClosed: return "办结";
    case CaseState::kReopened: return "重新办理";
    case CaseState::kMerged: return "并入主件";
  }
  return "";
}

}  // namespace hotline::intake
