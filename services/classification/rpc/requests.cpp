#include "classification/rpc/requests.h"

#include <algorithm>

#include <absl/strings/str_cat.h>

#include "contracts/enums.h"
#include "contracts/timestamp.h"
#include "language/text.h"
#include "language/vocabulary.h"
#include "platform/rpc/status.h"

namespace hotline::classification {
namespace {

using platform::FieldErrors;

constexpr int kMostTexts = 1000;
constexpr std::size_t kLongestText = 20'000;  // Characters.
constexpr int kMostTurns = 500;
constexpr int kMostIssues = 100;
constexpr int kUsualIssues = 20;
constexpr std::size_t kLongestName = 128;

bool IsTooLong(const std::string& text) {
  // Bytes first: counting characters of what is far too long would be the attack.
  return text.size() > kLongestText * 4 || language::CountCharacters(text) > kLongestText;
}

void CheckTexts(const google::protobuf::RepeatedPtrField<std::string>& texts, FieldErrors& errors) {
  errors.Require(texts.size() <= kMostTexts, "texts", "has more than 1,000 entries");
  for (int i = 0; i < std::min(texts.size(), kMostTexts); ++i) {
    if (IsTooLong(texts[i])) errors.Add(absl::StrCat("texts[", i, "]"), "is longer than 20,000 characters");
  }
}

}  // namespace

absl::Status Check(const v1::ClassifyTextRequest& request) {
  FieldErrors errors;
  errors.Require(!request.text().empty(), "text", "is required");
  errors.Require(!IsTooLong(request.text()), "text", "is longer than 20,000 characters");
  errors.Require(!IsTooLong(request.title()), "title", "is longer than 20,000 characters");
  errors.Require(request.site().size() <= kLongestName, "site", "is longer than 128 bytes");
  return errors.status();
}

absl::Status Check(const v1::ClassifyTopicsRequest& request) {
  FieldErrors errors;
  CheckTexts(request.texts(), errors);
  const auto topics = language::TopicNames();
  const int most_topics = static_cast<int>(topics.size());
  errors.Require(request.among_size() <= most_topics, "among", "has more entries than there are topics");
  for (int i = 0; i < std::min(request.among_size(), most_topics); ++i) {
    const bool known = std::find(topics.begin(), topics.end(), request.among(i)) != topics.end();
    if (!known) errors.Add(absl::StrCat("among[", i, "]"), "is not a level-1 topic");
  }
  return errors.status();
}

absl::Status Check(const v1::ClassifyPostEmotionsRequest& request) {
  FieldErrors errors;
  CheckTexts(request.texts(), errors);
  return errors.status();
}

absl::Status Check(const v1::ForecastSatisfactionRequest& request) {
  FieldErrors errors;
  errors.Require(request.dialogues_size() <= kMostTexts, "dialogues", "has more than 1,000 entries");
  for (int i = 0; i < std::min(request.dialogues_size(), kMostTexts); ++i) {
    const v1::Dialogue& dialogue = request.dialogues(i);
    if (!contracts::FromProto<language::DialogueStyle>(dialogue.style())) {
      errors.Add(absl::StrCat("dialogues[", i, "].style"), "is not a known style of dialogue");
    }
    if (dialogue.turns_size() > kMostTurns)
      errors.Add(absl::StrCat("dialogues[", i, "].turns"), "has more than 500 entries");
    for (int k = 0; k < std::min(dialogue.turns_size(), kMostTurns); ++k) {
      const std::string field = absl::StrCat("dialogues[", i, "].turns[", k, "]");
      if (!contracts::FromProto<Speaker>(dialogue.turns(k).speaker()))
        errors.Add(field + ".speaker", "is neither agent nor caller");
      if (IsTooLong(dialogue.turns(k).text())) errors.Add(field + ".text", "is longer than 20,000 characters");
    }
  }
  return errors.status();
}

absl::Status Check(const v1::GetUnderstandingRequest& request) {
  FieldErrors errors;
  errors.Require(!request.call_id().empty(), "call_id", "is required");
  errors.Require(request.call_id().size() <= kLongestName, "call_id", "is longer than 128 bytes");
  return errors.status();
}

absl::Status Check(const v1::GetDispatchDirectoryRequest& request) {
  FieldErrors errors;
  errors.Require(request.site().size() <= kLongestName, "site", "is longer than 128 bytes");
  return errors.status();
}

absl::StatusOr<SqlCallTable::IssueQuery> IssueQueryOf(const v1::ListHotIssuesRequest& request) {
  FieldErrors errors;
  errors.Require(!request.site().empty(), "site", "is required");
  errors.Require(request.site().size() <= kLongestName, "site", "is longer than 128 bytes");
  errors.Require(request.page_size() >= 0 && request.page_size() <= kMostIssues, "page_size",
                 "is not between 0 and 100");
  const auto since = contracts::FromTimestamp(request.since());
  errors.Require(since.has_value(), "since", "is no time");
  errors.Require(request.page_token().empty() || SqlCallTable::IsPageToken(request.page_token()), "page_token",
                 "is not one that ListHotIssues gave");
  if (!errors.empty()) return errors.status();
  return SqlCallTable::IssueQuery{.site = request.site(),
                                  .since = *since,
                                  .limit = request.page_size() == 0 ? kUsualIssues : request.page_size(),
                                  .after = request.page_token()};
}

}  // namespace hotline::classification
