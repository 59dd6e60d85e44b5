#include "knowledge/adapters/shared_choice_cache.h"

#include <absl/strings/str_cat.h>

#include "contracts/enums.h"
#include "knowledge/adapters/messages.h"
#include "platform/bytes.h"

namespace hotline::knowledge {
namespace {

constexpr std::chrono::minutes kKept{10};

std::string Text(const ChoiceKey& key) {
  return absl::StrCat("knowledge/choice/", key.knowledge_version, "/",
                      platform::Sha256Hex(absl::StrCat(key.region, "\n", key.day, "\n", key.question)));
}

/// The article as an AskResponse tells it; its known questions are no part of an answer.
Candidate FromMessage(const v1::Answer& answer) {
  Candidate candidate{.coverage = answer.confidence()};
  Article& article = candidate.article;
  article.id = answer.article_id();
  article.version = answer.article_version();
  article.title = answer.title();
  article.document_number = answer.document_number();
  article.clause = answer.clause();
  article.effective_from = answer.effective_from();
  article.effective_to = answer.effective_to();
  article.region = answer.region();
  article.department = answer.department();
  article.text = answer.text();
  return candidate;
}

}  // namespace

std::optional<Choice> SharedChoiceCache::Find(const ChoiceKey& key) {
  const std::optional<std::string> bytes = cache_.Get(Text(key));
  v1::AskResponse message;
  if (!bytes || !message.ParseFromString(*bytes)) return std::nullopt;
  Choice choice{.note = message.note()};
  if (message.has_answer()) {
    choice.answer = FromMessage(message.answer());
    // What came from outside the process is filtered like everything else before it is served.
    if (!InForce(choice.answer->article, key.day) || !Serves(choice.answer->article.region, key.region)) {
      return std::nullopt;
    }
  } else {
    choice.reason = contracts::FromProto<NoAnswer>(message.no_answer()).value_or(NoAnswer::kNothingFound);
  }
  return choice;
}

void SharedChoiceCache::Put(const ChoiceKey& key, const Choice& choice) {
  v1::AskResponse message;
  if (choice.answer) {
    *message.mutable_answer() = ToMessage(*choice.answer, /*question=*/"");
  } else {
    message.set_no_answer(contracts::ToProto<v1::NoAnswerReason>(choice.reason));
  }
  message.set_note(choice.note);
  cache_.Put(Text(key), message.SerializeAsString(), kKept);
}

}  // namespace hotline::knowledge
