#include "knowledge/domain/answer.h"

#include <algorithm>

#include <absl/strings/str_cat.h>

namespace hotline::knowledge {
namespace {

std::string Citation(const Article& article) {
  return absl::StrCat("《", article.title, "》", article.document_number);
}

/// The most local of the candidates that speak of the best one's matter.
const Candidate* MostLocal(const std::vector<const Candidate*>& fit, double same_matter) {
  const Candidate* chosen = fit.front();
  for (const Candidate* one : fit) {
    const bool same = one->score >= same_matter * fit.front()->score;
    if (same && NormalRegion(one->article.region).size() > NormalRegion(chosen->article.region).size()) chosen = one;
  }
  return chosen;
}

/// Why there is no answer, from the best article there would be without region and date.
Choice Explain(const std::vector<Candidate>& anywhere, std::string_view region, const Day& day,
               const AnswerPolicy& policy) {
  Choice choice;
  for (const Candidate& one : anywhere) {
    if (one.coverage < policy.coverage_needed) continue;
    const Article& article = one.article;
    if (!Serves(article.region, region)) {
      choice.reason = NoAnswer::kOtherRegion;
      choice.note = absl::StrCat("只有", article.region, "有此规定，不适用于", std::string{region});
      continue;  // A rule of this very region that is out of force says more.
    }
    if (InForce(article, day)) continue;
    choice.reason = NoAnswer::kNotInForce;
    choice.note = day < article.effective_from
                      ? absl::StrCat(Citation(article), "自", article.effective_from, "起施行，尚未生效")
                      : absl::StrCat(Citation(article), "已于", article.effective_to, "失效");
    return choice;
  }
  return choice;
}

}  // namespace

Choice Choose(const std::vector<Candidate>& in_force, const std::vector<Candidate>& anywhere, std::string_view region,
              const Day& day, const AnswerPolicy& policy) {
  std::vector<const Candidate*> fit;
  for (const Candidate& one : in_force) {
    if (one.coverage >= policy.coverage_needed && InForce(one.article, day) && Serves(one.article.region, region))
      fit.push_back(&one);
  }
  if (fit.empty()) return Explain(anywhere, region, day, policy);
  Choice choice;
  choice.answer = *MostLocal(fit, policy.same_matter);
  for (const Candidate& one : anywhere) {
    if (one.article.id != choice.answer->article.supersedes || one.article.effective_to.empty()) continue;
    choice.note =
        absl::StrCat("旧规定", one.article.document_number, "已于", one.article.effective_to, "失效，勿再引用");
  }
  return choice;
}

}  // namespace hotline::knowledge
