// Runs labelled calls through the domain alone and says how well it warns: escalation_evaluate CALLS.jsonl
// RESULTS.jsonl [--verbose] [--weights FILE] [--out FILE]. RESULTS is what classification_evaluate says of them:
// feelings, concerns and forecasts are taken from it. Where the faults of the agent are labelled (expected.findings),
// it says of each rule how often it was named, rightly, and labelled. --out writes RESULTS again with this prediction
// in it, for score.py.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "escalation/domain/conduct.h"
#include "escalation/domain/risk.h"
#include "escalation/tools/labelled_call.h"

namespace hotline::escalation {
namespace {

using nlohmann::json;

struct Share {
  int hit = 0;
  int of = 0;
  void Count(bool ok) {
    ++of;
    hit += ok;
  }
};

std::ostream& operator<<(std::ostream& out, const Share& share) {
  return out << share.hit << " of " << share.of << " (" << std::fixed << std::setprecision(3)
             << share.hit / std::max(1.0, static_cast<double>(share.of)) << ")";
}

std::string Told(const TurnRisk& risk) {
  std::string told;
  for (const Evidence& reason : risk.reasons)
    told += " " + reason.code + "@" + std::to_string(reason.turn) + "「" + reason.words + "」";
  return told;
}

/// A rule of conduct, turn by turn: how often it was named, and how often a reader of the call had named it.
struct Named {
  int right = 0;
  int named = 0;
  int labelled = 0;
};

struct Scores {
  std::map<std::string, Named> findings;
  Share in_window, too_early, false_alarms, red_in_time, restated, soothe_first;
  std::chrono::nanoseconds slowest{0};
  std::chrono::nanoseconds total{0};
  int turns = 0;
};

using Finding = std::pair<int, std::string>;  ///< Turn and rule.

void JudgeFindings(const std::string& call_id, const Conduct& conduct, const json& labelled, bool verbose,
                   std::map<std::string, Named>& rules) {
  std::set<Finding> expected;
  for (const json& finding : labelled) expected.emplace(finding.at("turn"), finding.at("rule"));
  for (const Finding& finding : expected) ++rules[finding.second].labelled;
  std::set<Finding> named;
  for (const ConductFinding& finding : conduct.findings) {
    if (!named.emplace(finding.turn, finding.rule).second) continue;
    Named& rule = rules[finding.rule];
    ++rule.named;
    if (expected.contains({finding.turn, finding.rule})) {
      ++rule.right;
    } else if (verbose) {
      std::cout << call_id << " named " << finding.rule << '@' << finding.turn << "「" << finding.words << "」\n";
    }
  }
  if (!verbose) return;
  for (const json& finding : labelled) {
    if (named.contains({finding.at("turn"), finding.at("rule")})) continue;
    std::cout << call_id << " missed " << finding.at("rule").get<std::string>() << '@' << finding.at("turn") << "「"
              << finding.at("words").get<std::string>() << "」\n";
  }
}

/// Whether a rule raises the alarm of the last turn before its reading comes, as it does in the service.
bool SpeaksAtOnce(const RiskModel& model, const CallOpening& opening, std::span<const HeardTurn> turns) {
  std::vector<HeardTurn> at_first{turns.begin(), turns.end()};
  at_first.back().reading.reset();
  return model.HardRules(opening, at_first).has_value();
}

void Judge(const RiskModel& model, const json& call, json& result, bool verbose, Scores& scores) {
  const CallOpening opening = OpeningOf(call);
  const std::vector<HeardTurn> turns = TurnsOf(call, result);
  std::vector<TurnRisk> risks;
  std::optional<int> warned;
  std::optional<int> red;
  for (std::size_t i = 1; i <= turns.size(); ++i) {
    const auto start = std::chrono::steady_clock::now();
    risks.push_back(model.Assess(opening, std::span{turns}.first(i), risks));
    const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - start;
    scores.slowest = std::max(scores.slowest, took);
    scores.total += took;
    ++scores.turns;
    const bool at_once = SpeaksAtOnce(model, opening, std::span{turns}.first(i));
    if (!warned && (at_once || risks.back().level >= RiskLevel::kOrange)) warned = risks.back().turn;
    if (!red && (at_once || risks.back().level == RiskLevel::kRed)) red = risks.back().turn;
  }
  const Conduct conduct = ReviewConduct(turns, OpeningIn(result));
  for (std::size_t i = 0; i < risks.size(); ++i) {
    json& turn = result.at("turns").at(i);
    turn["risk"] = risks[i].risk;
    turn["level"] = language::Name(risks[i].level);
  }
  result["warned_at"] = warned ? json(*warned) : json();
  result["red_at"] = red ? json(*red) : json();
  result["conduct"] = {{"restated", conduct.restated},
                       {"soothe_first", conduct.soothe_first ? json(*conduct.soothe_first) : json()},
                       {"findings", json::array()}};
  for (const ConductFinding& finding : conduct.findings)
    result["conduct"]["findings"].push_back({{"turn", finding.turn}, {"rule", finding.rule}, {"words", finding.words}});

  if (!call.contains("expected")) return;
  const json& expected = call.at("expected");
  bool missed = false;
  const auto count = [&](Share& share, bool ok, std::string_view what) {
    share.Count(ok);
    if (ok || !verbose) return;
    missed = true;
    std::cout << call.at("id").get<std::string>() << " missed " << what << '\n';
  };
  if (expected.at("escalate")) {
    const int from = expected.at("warn_from");
    const int by = expected.at("warn_by");
    count(scores.in_window, warned && *warned >= from && *warned <= by,
          "window " + std::to_string(from) + ".." + std::to_string(by) + " of " +
              expected.at("reason").get<std::string>() +
              (warned ? ": warned at " + std::to_string(*warned) : ": not warned"));
    scores.too_early.Count(warned && *warned < from);
  } else {
    scores.false_alarms.Count(warned.has_value());
    if (warned && verbose) {
      missed = true;
      std::cout << call.at("id").get<std::string>() << " false alarm at " << *warned << '\n';
    }
  }
  if (!expected.at("red_by").is_null())
    count(scores.red_in_time, red && *red <= expected.at("red_by").get<int>(),
          "red by " + expected.at("red_by").dump());
  count(scores.restated, conduct.restated == expected.at("restated").get<bool>(), "restated");
  if (!expected.at("soothe_first").is_null()) {
    count(scores.soothe_first, conduct.soothe_first && *conduct.soothe_first == expected.at("soothe_first").get<bool>(),
          std::string{"soothe_first: "} + (conduct.soothe_first ? (*conduct.soothe_first ? "true" : "false") : "null"));
  }
  if (expected.contains("findings"))
    JudgeFindings(call.at("id"), conduct, expected.at("findings"), verbose, scores.findings);
  if (missed) {
    // The turn that warned, or else the riskiest.
    const auto told = std::max_element(risks.begin(), risks.end(), [&](const TurnRisk& a, const TurnRisk& b) {
      if (warned) return (a.turn == *warned) < (b.turn == *warned);
      return a.risk < b.risk;
    });
    std::cout << "    risks";
    for (const TurnRisk& risk : risks) std::cout << ' ' << std::fixed << std::setprecision(2) << risk.risk;
    std::cout << "\n    " << told->turn << ' ' << std::fixed << std::setprecision(2) << told->risk << ' '
              << language::Name(told->level) << Told(*told) << '\n';
  }
}

}  // namespace
}  // namespace hotline::escalation

int main(int argc, char** argv) {
  using namespace hotline::escalation;
  std::vector<std::string> files;
  bool verbose = false;
  std::string out;
  std::string weights;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--verbose") {
      verbose = true;
    } else if (argument == "--out" && i + 1 < argc) {
      out = argv[++i];
    } else if (argument == "--weights" && i + 1 < argc) {
      weights = argv[++i];
    } else {
      files.push_back(argument);
    }
  }
  if (files.size() != 2) {
    std::cerr << "usage: escalation_evaluate CALLS.jsonl RESULTS.jsonl [--verbose] [--weights FILE] [--out FILE]\n";
    return 2;
  }
  std::map<std::string, json> results;
  for (json& result : ReadLines(files[1])) {
    const std::string id = result.at("id");
    results[id] = std::move(result);
  }
  std::optional<RiskModel> given;
  if (!weights.empty()) {
    std::ifstream in{weights};
    given.emplace(RiskWeights::Parse(std::string{std::istreambuf_iterator<char>{in}, {}}));
  }
  const RiskModel& model = given ? *given : RiskModel::Get();
  Scores scores;
  std::ofstream written;
  if (!out.empty()) written.open(out);
  for (const json& call : ReadLines(files[0])) {
    json& result = results.at(call.at("id"));
    Judge(model, call, result, verbose, scores);
    if (!out.empty()) written << result.dump() << '\n';
  }
  std::cout << model.version() << "\nwarned in window  " << scores.in_window << "\n  too early       "
            << scores.too_early << "\nfalse alarms      " << scores.false_alarms << "\nred in time       "
            << scores.red_in_time << "\nrestated          " << scores.restated << "\nsoothe first      "
            << scores.soothe_first << "\na turn takes      " << scores.total.count() / std::max(1, scores.turns) / 1000
            << " us, the slowest " << scores.slowest.count() / 1000 << " us\n";
  for (const auto& [rule, named] : scores.findings)
    std::cout << std::left << std::setw(28) << rule << "named " << named.named << ", right " << named.right << ", of "
              << named.labelled << " labelled\n";
}
