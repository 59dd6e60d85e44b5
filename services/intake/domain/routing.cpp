#include "intake/domain/routing.h"

#include <algorithm>
#include <utility>

#include "intake/domain/deadlines.h"
#include "intake/domain/grams.h"

namespace hotline::intake {
namespace {

constexpr std::string_view kAnsweredInCall = "已在通话中答复";

bool IsConfident(const KnowledgeAnswer& answer, const RoutingPolicy& policy) {
  const bool cited = !answer.document_number.empty() || !answer.article_id.empty();
  return cited && !answer.unconfirmed && answer.confidence >= policy.answer_confidence;
}

std::string Cited(const KnowledgeAnswer& answer) {
  std::string source = answer.document_number.empty() ? answer.article_id : answer.document_number;
  if (!answer.clause.empty()) source += " " + answer.clause;
  if (!answer.effective_from.empty()) source += "，" + answer.effective_from + "起施行";
  return answer.text + "（依据：" + source + "）";
}

void Fill(Case& filed, const UnderstoodMatter& matter) {
  filed.kind = matter.kind;
  filed.topics = matter.topics;
  filed.topic = matter.topics.empty() ? "" : matter.topics.front().topic;
  filed.departments = matter.departments;
  filed.dispatch_basis = matter.dispatch_basis;
  filed.intents = matter.intents;
  filed.slots = matter.slots;
  filed.evidence = matter.evidence;
  filed.hot_issue = matter.hot_issue;
  filed.confidential = filed.confidential || matter.confidential;  // What the caller asked for is never taken back.
  filed.crisis = filed.crisis || matter.crisis;
  if (filed.title.empty()) filed.title = matter.title;
  if (filed.text.empty()) filed.text = matter.summary;
}

/// The reply of a 咨询 that needs no department; empty when it does.
std::string DirectReply(const UnderstoodMatter& matter, const std::vector<KnowledgeAnswer>& answers,
                        const RoutingPolicy& policy) {
  if (matter.kind != CaseKind::kInquiry || matter.crisis) return {};
  const KnowledgeAnswer* answer = AnswerTo(matter, answers);
  if (answer != nullptr && IsConfident(*answer, policy)) return Cited(*answer);
  return matter.answered_in_call ? std::string{kAnsweredInCall} : std::string{};
}

}  // namespace

const KnowledgeAnswer* AnswerTo(const UnderstoodMatter& matter, const std::vector<KnowledgeAnswer>& answers) {
  const KnowledgeAnswer* best = nullptr;
  std::pair<double, double> best_fit;
  const auto wanted = GramsOf(matter.question);
  for (const KnowledgeAnswer& answer : answers) {
    const std::pair fit{Overlap(wanted, GramsOf(answer.question)), answer.confidence};
    if (best == nullptr || fit > best_fit) {
      best = &answer;
      best_fit = fit;
    }
  }
  return best;
}

bool NeedsAnswer(const UnderstoodMatter& matter) {
  return matter.kind == CaseKind::kInquiry && !matter.crisis && matter.legal_route.empty();
}

void FillAndRoute(Case& filed, const UnderstoodMatter& matter, const std::vector<KnowledgeAnswer>& answers,
                  const RoutingPolicy& policy, const WorkCalendar& calendar, Time at) {
  Fill(filed, matter);
  filed.due_at.reset();
  // Only the call for help ends with help being on its way: what was reported or complained of is still to be handled.
  if (matter.crisis && matter.kind == CaseKind::kHelp && !matter.emergency_number.empty()) {
    filed.state = CaseState::kEmergencyTransferred;
    filed.route = matter.emergency_number;
  } else if (!matter.legal_route.empty() && !matter.crisis) {
    filed.state = CaseState::kInformed;
    filed.route = matter.legal_route;
  } else if (std::string reply = DirectReply(matter, answers, policy); !reply.empty()) {
    filed.state = CaseState::kAnsweredDirectly;
    filed.reply = std::move(reply);
  } else if (!filed.departments.empty() && matter.dispatch_confidence >= policy.dispatch_confidence) {
    filed.state = CaseState::kDispatched;
    filed.dispatched_at = at;
    filed.handling_days = HandlingDays(filed);
    filed.due_at = HandlingDue(filed, calendar);
  } else {
    filed.state = CaseState::kToDispatch;
    filed.due_at = filed.opened_at + DispatchLimit(filed);
  }
}

}  // namespace hotline::intake
