#pragma once

#include <optional>
#include <string>
#include <vector>

#include "intake/domain/case.h"

namespace hotline::intake {

/// One matter as classification understood it (classification.v1.UnderstoodCase).
struct UnderstoodMatter {
  std::optional<CaseKind> kind;
  std::vector<ScoredTopic> topics;
  std::vector<std::string> departments;
  std::string dispatch_basis;
  double dispatch_confidence = 0;
  std::vector<Intent> intents;
  Slots slots;
  std::string title;
  std::string summary;
  std::string legal_route;
  std::string emergency_number;  ///< Whom the agent called: 110, 119, 120 or 12356.
  std::string hot_issue;
  bool confidential = false;
  bool crisis = false;
  std::string question;
  std::vector<Evidence> evidence;
  bool answered_in_call = false;
};

/// A cited answer that knowledge gave during the call.
struct KnowledgeAnswer {
  std::string question;
  std::string article_id;
  std::string document_number;
  std::string clause;
  std::string effective_from;
  std::string text;
  double confidence = 0;
  bool unconfirmed = false;
};

/// The answer that fits the matter's question best; nothing when there is none.
[[nodiscard]] const KnowledgeAnswer* AnswerTo(const UnderstoodMatter& matter,
                                              const std::vector<KnowledgeAnswer>& answers);

}  // namespace hotline::intake
