#pragma once

#include <string>
#include <vector>

#include "intake/domain/calendar.h"
#include "intake/domain/case.h"
#include "intake/domain/understanding.h"

namespace hotline::intake {

/// Above which probabilities the machine acts by itself. Per process; the defaults are the module's settings.
struct RoutingPolicy {
  double dispatch_confidence = 0.5;  ///< Of the lead department: below it a person dispatches.
  double answer_confidence = 0.5;    ///< Of a cited answer: below it 咨询 goes to a department.
};

/// Whether the first state can be decided without waiting for knowledge's answers.
[[nodiscard]] bool NeedsAnswer(const UnderstoodMatter& matter);

/// Writes what was understood into `filed` and leads it from 待受理 to its first state, with its deadline, at `at`: a
/// crisis for which the agent called help → 紧急转接; any other crisis is for a department or a person, else: a legal
/// route → 告知; 咨询 answered in the call or by a confident, confirmed, cited answer → 直接答复; a department sure
/// enough → 已派遣; else 待派遣.
void FillAndRoute(Case& filed, const UnderstoodMatter& matter, const std::vector<KnowledgeAnswer>& answers,
                  const RoutingPolicy& policy, const WorkCalendar& calendar, Time at);

}  // namespace hotline::intake
