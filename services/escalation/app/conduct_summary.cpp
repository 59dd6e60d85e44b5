#include "escalation/app/conduct_summary.h"

#include <set>

namespace hotline::escalation {

void ConductSummary::Add(const ReviewedCall& call) {
  SiteConduct& site = sites_[call.site];
  ++site.calls;
  if (call.conduct.restated) ++site.restated;
  if (call.conduct.soothe_first) {
    ++site.upset;
    if (*call.conduct.soothe_first) ++site.soothed_first;
  }
  std::set<std::string> rules_of_call;
  for (const ConductFinding& found : call.conduct.findings) {
    SiteConduct::Finding& finding = site.findings[found.rule];
    ++finding.times;
    if (!rules_of_call.insert(found.rule).second) continue;
    ++finding.calls;
    finding.latest.insert(finding.latest.begin(), {call.call_id, found.turn, found.words});
    if (finding.latest.size() > SiteConduct::kExamples) finding.latest.pop_back();
  }
}

}  // namespace hotline::escalation
