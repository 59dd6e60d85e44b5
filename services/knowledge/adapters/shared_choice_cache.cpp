#include "knowledge/adapters/shared_choice_cache.h"

#include <string>

#include <absl/status/statusor.h>
#include <absl/strings/str_cat.h>
#include <hotline/knowledge/v1/knowledge_cache.pb.h>

#include "contracts/enums.h"
#include "platform/bytes.h"

namespace hotline::knowledge {
namespace {

constexpr std::chrono::minutes kKept{10};

std::string Text(const ChoiceKey& key) {
  return absl::StrCat(
      "knowledge/choice/2/", key.knowledge_version, "/",
      platform::Sha256Hex(absl::StrCat(key.newest_change, "\n", key.region, "\n", key.day, "\n", key.question)));
}

}  // namespace

std::optional<RememberedChoice> SharedChoiceCache::Find(const ChoiceKey& key) {
  const std::string name = Text(key);
  const std::optional<std::string> sealed = cache_.Get(name);
  if (!sealed) return std::nullopt;
  const absl::StatusOr<std::string> bytes = sealer_.Unseal(*sealed, name);
  v1::CachedChoice message;
  if (!bytes.ok() || !message.ParseFromString(*bytes)) return std::nullopt;
  return RememberedChoice{
      .article_id = message.article_id(),
      .article_version = message.article_version(),
      .coverage = message.coverage(),
      .reason = contracts::FromProto<NoAnswer>(message.no_answer()).value_or(NoAnswer::kNothingFound),
      .note = message.note(),
      .chosen_at = Time{std::chrono::milliseconds{message.chosen_at_ms()}},
  };
}

void SharedChoiceCache::Put(const ChoiceKey& key, const RememberedChoice& choice) {
  v1::CachedChoice message;
  message.set_article_id(choice.article_id);
  message.set_article_version(choice.article_version);
  message.set_coverage(choice.coverage);
  message.set_no_answer(contracts::ToProto<v1::NoAnswerReason>(choice.reason));
  message.set_note(choice.note);
  message.set_chosen_at_ms(choice.chosen_at.time_since_epoch().count());
  const std::string name = Text(key);
  cache_.Put(name, sealer_.Seal(message.SerializeAsString(), name), kKept);
}

}  // namespace hotline::knowledge
