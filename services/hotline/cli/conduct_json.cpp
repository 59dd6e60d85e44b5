#include "hotline/cli/conduct_json.h"

#include <utility>

namespace hotline::cli {

using nlohmann::ordered_json;

ordered_json ToJson(const escalation::v1::Conduct& conduct) {
  ordered_json findings = ordered_json::array();
  for (const auto& finding : conduct.findings()) {
    findings.push_back({{"turn", finding.turn()}, {"rule", finding.rule()}, {"words", finding.words()}});
  }
  return {{"restated", conduct.restated()},
          {"soothe_first", conduct.has_soothe_first() ? ordered_json(conduct.soothe_first()) : ordered_json(nullptr)},
          {"findings", std::move(findings)}};
}

}  // namespace hotline::cli
