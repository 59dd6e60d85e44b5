#pragma once

#include "knowledge/app/ports.h"
#include "platform/cache/cache.h"

namespace hotline::knowledge {

/// Choices in the process's cache (Redis behind it where there is one). Keys hold a hash of the question, never its
/// words, and the knowledge version: what was retired is not found again. Thread-safe.
class SharedChoiceCache final : public ChoiceCache {
 public:
  explicit SharedChoiceCache(platform::Cache& cache) : cache_{cache} {}
  [[nodiscard]] std::optional<Choice> Find(const ChoiceKey& key) override;
  void Put(const ChoiceKey& key, const Choice& choice) override;

 private:
  platform::Cache& cache_;
};

}  // namespace hotline::knowledge
