#include "knowledge/app/library.h"

#include <absl/strings/str_cat.h>

#include "platform/telemetry/log.h"

namespace hotline::knowledge {
namespace {

constexpr std::chrono::seconds kConfirmEvery{1};
constexpr std::chrono::minutes kServedUnconfirmed{5};

}  // namespace

absl::Status Library::TakeIn() {
  return store_.Read([this](Session& session) {
    // The version first: what is committed in between is taken in twice, never missed.
    const std::int64_t version = table_.KnowledgeVersion(session);
    if (version == version_) return absl::OkStatus();
    for (const Article& article : table_.ChangedAfter(session, version_)) {
      index_.Put(article);
      newest_change_ = absl::StrCat(article.id, "/", article.version, "/", article.changed_at_ms);
    }
    phrases_ = std::make_shared<const std::vector<Phrase>>(table_.AllPhrases(session));
    version_ = version;
    return absl::OkStatus();
  });
}

Freshness Library::Freshen() {
  const std::lock_guard lock{mutex_};
  const auto now = clock_();
  if (changed_.exchange(false) || !confirmed_at_ || now - *confirmed_at_ >= kConfirmEvery) {
    if (const absl::Status taken_in = TakeIn(); taken_in.ok()) {
      confirmed_at_ = now;
    } else {
      changed_ = true;
      platform::Log(platform::LogLevel::kWarning, "knowledge.unconfirmed", {{"why", taken_in.ToString()}});
    }
  }
  Freshness freshness{.knowledge_version = version_, .newest_change = newest_change_};
  if (!confirmed_at_) {
    freshness.too_old = true;
    return freshness;
  }
  const auto age = now - *confirmed_at_;
  if (age >= kConfirmEvery || changed_) freshness.unconfirmed = std::chrono::duration_cast<std::chrono::seconds>(age);
  freshness.too_old = age > kServedUnconfirmed;
  return freshness;
}

std::shared_ptr<const std::vector<Phrase>> Library::phrases() const {
  const std::lock_guard lock{mutex_};
  return phrases_;
}

}  // namespace hotline::knowledge
