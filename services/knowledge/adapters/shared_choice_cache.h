#pragma once

#include "knowledge/app/ports.h"
#include "platform/cache/cache.h"
#include "platform/security/sealer.h"

namespace hotline::knowledge {

/// Choices in the process's cache (Redis behind it where there is one). Keys hold a hash of the question, never its
/// words, and the knowledge version: what was retired is not found again. What is kept is sealed to its key, so that
/// only processes of this hotline can have put it there. Thread-safe.
class SharedChoiceCache final : public ChoiceCache {
 public:
  /// Both must outlive this.
  SharedChoiceCache(platform::Cache& cache, const platform::Sealer& sealer) : cache_{cache}, sealer_{sealer} {}
  [[nodiscard]] std::optional<RememberedChoice> Find(const ChoiceKey& key) override;
  void Put(const ChoiceKey& key, const RememberedChoice& choice) override;

 private:
  platform::Cache& cache_;
  const platform::Sealer& sealer_;
};

}  // namespace hotline::knowledge
