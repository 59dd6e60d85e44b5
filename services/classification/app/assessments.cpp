#include "classification/app/assessments.h"

#include "classification/domain/slots.h"

namespace hotline::classification {
namespace {

absl::Status NeverOpened() { return absl::FailedPreconditionError("the call was never opened"); }

void SightIssues(platform::Transaction& tx, CallTable& calls, const CallOpening& opening, const CallUnderstanding& call,
                 Time at) {
  for (const UnderstoodCase& understood : call.cases) {
    if (understood.hot_issue.empty()) continue;
    const FoundSlot* where = Find(understood.slots, SlotName::kWhere);
    calls.Sight(tx, {.site = opening.site,
                     .hot_issue = understood.hot_issue,
                     .title = understood.title,
                     .place = where == nullptr ? std::string{} : where->normal,
                     .topic = understood.topics.empty() ? std::string{} : understood.topics.front().label,
                     .at = at});
  }
}

}  // namespace

absl::Status Assessments::Open(platform::Transaction& tx, const CallOpening& opening) const {
  calls_.Insert(tx, opening);
  return absl::OkStatus();
}

absl::Status Assessments::Hear(platform::Transaction& tx, std::string_view call_id, const Turn& turn) const {
  const std::optional<HeardCall> call = calls_.Find(tx, call_id);
  if (!call) return NeverOpened();
  const TurnUnderstanding understanding = reader_.ReadTurn(call->opening, call->turns, turn);
  calls_.AddTurn(tx, call->opening, turn, understanding, understanding.model);
  events_.TurnUnderstood(tx, call->opening, turn, understanding, understanding.model);
  return absl::OkStatus();
}

absl::Status Assessments::Close(platform::Transaction& tx, std::string_view call_id, std::optional<CaseKind> recorded,
                                Time at) const {
  const std::optional<HeardCall> call = calls_.Find(tx, call_id);
  if (!call) return NeverOpened();
  const CallUnderstanding understanding =
      reader_.ReadCall(call->opening, call->turns, calls_.Readings(tx, call_id), recorded);
  calls_.Close(tx, call->opening, understanding, understanding.model);
  SightIssues(tx, calls_, call->opening, understanding, at);
  events_.CallUnderstood(tx, call->opening, understanding, understanding.model, at);
  return absl::OkStatus();
}

}  // namespace hotline::classification
