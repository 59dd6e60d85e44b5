#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "escalation/domain/conduct.h"
#include "platform/time.h"

namespace hotline::escalation {

/// Which reviews count: those of calls begun in [since, until), by the call's clock.
struct ConductQuery {
  std::string site;  ///< Empty: every site.
  Time since;
  Time until;
};

/// A review and the call it is of.
struct ReviewedCall {
  std::string call_id;
  std::string site;
  Time started_at;
  Conduct conduct;
};

/// What the reviews of a site have in common. It keeps calls, never agents: a centre learns from it, nobody is ranked.
struct SiteConduct {
  struct Example {
    std::string call_id;
    int turn = 0;
    std::string words;

    friend bool operator==(const Example&, const Example&) = default;
  };
  struct Finding {
    std::int64_t calls = 0;
    std::int64_t times = 0;
    std::vector<Example> latest;  ///< At most kExamples, each of another call, the last one first.
  };
  static constexpr std::size_t kExamples = 3;

  std::int64_t calls = 0;
  std::int64_t restated = 0;
  std::int64_t upset = 0;  ///< Calls in which somebody was: in the others there was nothing to soothe.
  std::int64_t soothed_first = 0;
  std::map<std::string, Finding> findings;  ///< By rule.
};

/// Counts reviews one by one, so that a year of them needs no more memory than a day. Not thread-safe.
class ConductSummary {
 public:
  /// Calls come in the order in which they began.
  void Add(const ReviewedCall& call);

  [[nodiscard]] const std::map<std::string, SiteConduct>& sites() const { return sites_; }

 private:
  std::map<std::string, SiteConduct> sites_;
};

}  // namespace hotline::escalation
