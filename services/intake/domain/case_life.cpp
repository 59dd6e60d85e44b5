#include "intake/domain/case_life.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "intake/domain/deadlines.h"
#include "platform/rpc/status.h"

namespace hotline::intake {
namespace {

using enum CaseState;

constexpr int kReturnsBeforeRuling = 2;
constexpr int kReopeningsBeforeRuling = 2;

const std::map<CaseState, std::vector<CaseState>>& Steps() {
  // Reopening also comes by event, when a follow-up says so; so does every 办结 that no supervisor ruled.
  static const std::map<CaseState, std::vector<CaseState>> steps = {
      {kPending, {kToDispatch, kDispatched, kAnsweredDirectly, kInformed, kEmergencyTransferred, kMerged}},
      {kAnsweredDirectly, {kClosed, kReopened}},
      {kInformed, {}},
      {kEmergencyTransferred, {}},
      {kToDispatch, {kDispatched, kAnsweredDirectly, kInformed, kEmergencyTransferred, kMerged}},
      {kDispatched, {kSigned, kReturnRuling, kMerged}},
      {kSigned, {kHandling, kReturnRuling, kMerged}},
      {kHandling, {kReplied, kReturnRuling, kExtensionApproval, kSuspended, kMerged}},
      {kReturnRuling, {kDispatched, kHandling}},
      {kExtensionApproval, {kHandling}},
      {kSuspended, {kHandling}},
      {kReplied, {kToFollowUp, kHandling}},
      {kToFollowUp, {kClosed, kReopened}},
      {kClosed, {kReopened}},
      {kReopened, {kDispatched, kHandling, kMerged}},
      {kMerged, {}},  // Back to where it was: see StepsOf().
  };
  return steps;
}

absl::Status Refuse(std::string_view reason, std::string_view text) {
  return platform::WithReason(absl::FailedPreconditionError({text.data(), text.size()}), reason);
}

absl::Status NeedsSupervisor(std::string_view what) {
  return platform::WithReason(absl::PermissionDeniedError(std::string{what} + " is for a supervisor"),
                              "SUPERVISOR_ONLY");
}

absl::Status NoSuchStep(const Case& filed, CaseState to) {
  std::string steps;
  for (const CaseState step :
       filed.state == kMerged ? std::vector{filed.resume_state.value_or(kToDispatch)} : StepsFrom(filed.state)) {
    steps += (steps.empty() ? "" : ", ") + std::string{Name(step)};
  }
  return Refuse("NO_SUCH_STEP", std::string{Name(filed.state)} + " does not lead to " + std::string{Name(to)} +
                                    (steps.empty() ? "; it is an end" : "; it leads to " + steps));
}

absl::Status TakeDispatch(Case& filed, const Step& step, const WorkCalendar& calendar) {
  const bool ruling = filed.state == kReturnRuling && filed.returns >= kReturnsBeforeRuling;
  if (ruling && !step.by_supervisor) return NeedsSupervisor("a ruling after two returns");
  if (ruling && step.department.empty())
    return platform::BadField("department", "is required: the ruling names the lead");
  if (step.working_days != 0 && step.working_days != kComplexHandlingDays) {
    return platform::BadField("working_days", "of a dispatch is 15 (complex) or 0");
  }
  if (step.working_days != 0 && !step.by_supervisor) return NeedsSupervisor("calling a case complex");
  if (!step.department.empty()) {
    std::erase(filed.departments, step.department);  // It may have been a co-handler.
    filed.departments.insert(filed.departments.begin(), step.department);
  }
  if (filed.departments.empty()) return platform::BadField("department", "is required: the case has no lead");
  filed.dispatched_at = step.at;
  filed.handling_days = step.working_days != 0 ? step.working_days : HandlingDays(filed);
  filed.extension_days = 0;
  filed.supervised = filed.supervised || ruling;
  filed.due_at = HandlingDue(filed, calendar);
  return absl::OkStatus();
}

absl::Status TakeReturn(Case& filed, const Step& step, const WorkCalendar& calendar) {
  if (filed.returns >= kReturnsBeforeRuling) return Refuse("RULED", "a lead named by ruling does not return the case");
  if (step.at > calendar.AfterWorkingDays(filed.dispatched_at.value_or(filed.opened_at), kReturnWindowDays)) {
    return Refuse("RETURN_TOO_LATE", "a case is returned within 2 working days of its dispatch");
  }
  ++filed.returns;
  filed.due_at = step.at + DispatchLimit(filed);  // The desk must find it a new lead as soon as a new case.
  return absl::OkStatus();
}

absl::Status TakeExtensionRequest(Case& filed, const Step& step) {
  if (step.working_days < 1 || filed.extension_days + step.working_days > kMaxExtensionDays) {
    return platform::BadField("working_days", "must be 1 to 10, extensions granted before included");
  }
  return absl::OkStatus();
}

/// Into 处置中: from 已签收 it just starts; from a side step it resumes, with the clock as that step left it.
absl::Status TakeHandling(Case& filed, const Step& step, const WorkCalendar& calendar) {
  if (filed.state == kExtensionApproval) {
    if (!step.by_supervisor) return NeedsSupervisor("approving an extension");
    if (step.working_days < 0 || filed.extension_days + step.working_days > kMaxExtensionDays) {
      return platform::BadField("working_days", "must be 0 to 10, extensions granted before included");
    }
    filed.extension_days += step.working_days;
  }
  if (filed.state == kSuspended) {
    // The clock's start moves, not the deadline alone: whatever reckons the deadline anew must know of the pause.
    if (filed.dispatched_at) *filed.dispatched_at += step.at - filed.stopped_at.value_or(step.at);
    filed.stopped_at.reset();
  }
  if (filed.state == kReturnRuling && filed.returns >= kReturnsBeforeRuling && !step.by_supervisor) {
    return NeedsSupervisor("a ruling after two returns");
  }
  if (filed.state == kReopened) {  // The lead takes it up again without a new dispatch.
    if (filed.departments.empty()) return Refuse("NO_LEAD", "nobody leads the case: dispatch it");
    filed.dispatched_at = step.at;
    filed.handling_days = HandlingDays(filed);
    filed.extension_days = 0;
  }
  if (!filed.dispatched_at) filed.dispatched_at = step.at;
  filed.due_at = HandlingDue(filed, calendar);
  return absl::OkStatus();
}

absl::Status TakeClosing(Case& filed, const Step& step) {
  const bool ruling = filed.unreached || filed.reopenings >= kReopeningsBeforeRuling;
  if (!ruling) return Refuse("NOT_FOLLOWED_UP", "办结 follows from a follow-up: contacted, solved, not dissatisfied");
  if (!step.by_supervisor) return NeedsSupervisor("closing a case by ruling");
  filed.closed_at = step.at;
  filed.due_at.reset();
  return absl::OkStatus();
}

absl::Status TakeReopening(Case& filed, const Step& step) {
  if (filed.state == kClosed && step.at - filed.closed_at.value_or(filed.updated_at) > kReopenWindow) {
    return Refuse("REOPEN_TOO_LATE", "a closed case is reopened within 30 days: file a new one");
  }
  if (filed.reopenings >= kReopeningsBeforeRuling && !step.by_supervisor) {
    return NeedsSupervisor("a ruling after two reopenings");
  }
  ++filed.reopenings;
  filed.supervised = true;
  filed.unreached = false;
  filed.closed_at.reset();
  filed.due_at = step.at + DispatchLimit(filed);
  return absl::OkStatus();
}

absl::Status TakeReply(Case& filed, const Step& step) {
  if (step.reply.empty()) return platform::BadField("reply", "is required");
  filed.reply = step.reply;
  filed.due_at.reset();
  return absl::OkStatus();
}

absl::Status TakeEffects(Case& filed, const Step& step, const WorkCalendar& calendar) {
  switch (step.to) {
    case kDispatched: return TakeDispatch(filed, step, calendar);
    case kReturnRuling: return TakeReturn(filed, step, calendar);
    case kExtensionApproval: return TakeExtensionRequest(filed, step);
    case kHandling: return TakeHandling(filed, step, calendar);
    case kClosed: return TakeClosing(filed, step);
    case kReopened: return TakeReopening(filed, step);
    case kReplied:
    case kAnsweredDirectly: return TakeReply(filed, step);
    case kSuspended: filed.stopped_at = step.at; return absl::OkStatus();
    case kToDispatch: filed.due_at = std::max(filed.opened_at, step.at) + DispatchLimit(filed); return absl::OkStatus();
    case kInformed:
    case kEmergencyTransferred: filed.due_at.reset(); return absl::OkStatus();
    case kToFollowUp:
    case kSigned: return absl::OkStatus();
    case kPending:
    case kMerged: break;
  }
  return absl::InternalError("no step leads there");
}

/// Out of 并入主件, back to where the case was.
absl::Status Unmerge(Case& filed, const Step& step) {
  if (step.to != filed.resume_state) return NoSuchStep(filed, step.to);
  filed.state = step.to;
  filed.resume_state.reset();
  filed.parent_case_no = std::exchange(filed.resume_parent_case_no, {});
  return absl::OkStatus();
}

}  // namespace

const std::vector<CaseState>& StepsFrom(CaseState from) { return Steps().at(from); }

absl::Status Take(Case& filed, const Step& step, const WorkCalendar& calendar) {
  Case next = filed;
  if (filed.state == kMerged) {
    if (absl::Status unmerged = Unmerge(next, step); !unmerged.ok()) return unmerged;
  } else {
    const std::vector<CaseState>& steps = StepsFrom(filed.state);
    if (step.to == kMerged || std::find(steps.begin(), steps.end(), step.to) == steps.end()) {
      return NoSuchStep(filed, step.to);
    }
    if (absl::Status taken = TakeEffects(next, step, calendar); !taken.ok()) return taken;
    next.state = step.to;
  }
  filed = std::move(next);
  return absl::OkStatus();
}

absl::Status Merge(Case& filed, const Case& parent) {
  const std::vector<CaseState>& steps = StepsFrom(filed.state);
  if (std::find(steps.begin(), steps.end(), kMerged) == steps.end()) return NoSuchStep(filed, kMerged);
  if (parent.case_no == filed.case_no) return platform::BadField("parent_case_no", "is the case itself");
  if (parent.site != filed.site) return platform::BadField("parent_case_no", "is of another site");
  if (parent.state == kMerged)
    return Refuse("PARENT_MERGED", "the parent is merged itself, into " + parent.parent_case_no);
  if (IsEnd(parent.state)) return Refuse("PARENT_ENDED", "the parent is at its end");
  filed.resume_state = std::exchange(filed.state, kMerged);
  filed.resume_parent_case_no = std::exchange(filed.parent_case_no, parent.case_no);
  return absl::OkStatus();
}

FollowUpEffect Apply(Case& filed, const FollowUpOutcome& outcome) {
  const bool waits = filed.state == kToFollowUp || filed.state == kAnsweredDirectly;
  if (outcome.rating) filed.satisfaction = outcome.rating;
  if (!waits) return outcome.rating ? FollowUpEffect::kRemembered : FollowUpEffect::kNone;
  filed.unreached = !outcome.contacted;
  if (outcome.must_reopen) {
    if (filed.reopenings >= kReopeningsBeforeRuling) {  // Not by itself a third time: a supervisor rules.
      filed.supervised = true;
      return FollowUpEffect::kRemembered;
    }
    const Step reopening{.to = kReopened, .at = outcome.at};
    if (TakeReopening(filed, reopening).ok()) filed.state = kReopened;
    return FollowUpEffect::kReopened;
  }
  const bool bad = outcome.rating && IsBad(*outcome.rating);
  if (!outcome.contacted || !outcome.solved || bad) return FollowUpEffect::kRemembered;
  filed.state = kClosed;
  filed.closed_at = outcome.at;
  filed.due_at.reset();
  return FollowUpEffect::kClosed;
}

}  // namespace hotline::intake
