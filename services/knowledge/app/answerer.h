#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "knowledge/app/library.h"
#include "knowledge/app/ports.h"
#include "platform/concurrency/single_flight.h"

namespace hotline::knowledge {

struct Question {
  std::string text;
  std::string region;
  Day day;
};

struct Answered {
  Choice choice;
  Freshness freshness;
};

/// Answers questions for agents and other services. Thread-safe; may block on the record and the cache.
///
/// The cache tells which article was chosen; what is served of it is what this process holds, so it is in force by the
/// record's version of a second ago, whatever the cache says. A choice that is older than five minutes is still served,
/// and made anew in the background: a hot question never waits.
class Answerer {
 public:
  /// Runs a piece of work later on another thread; false when there is no room. It must be done before this goes.
  using Background = std::function<bool(std::function<void()>)>;

  /// All must outlive this.
  Answerer(Library& library, ChoiceCache& cache, const platform::Clock& clock, Background background,
           AnswerPolicy policy)
      : library_{library}, cache_{cache}, clock_{clock}, background_{std::move(background)}, policy_{policy} {}

  /// The one article that answers, or why there is none.
  [[nodiscard]] Answered Ask(const Question& question);

  /// The best `top` in force for the region, and whether Ask() would serve one.
  struct Ranking {
    bool answered = false;
    std::vector<Candidate> candidates;
  };
  [[nodiscard]] Ranking Rank(const Question& question, std::size_t top);

 private:
  Choice Look(const Question& question) const;
  /// Looks, once for all who ask the same now, and remembers what was chosen.
  Choice LookAndRemember(const ChoiceKey& key, const Question& question);
  /// A remembered choice as it may be served now; nothing when its article does not answer any more.
  std::optional<Choice> Confirmed(const RememberedChoice& remembered, const ChoiceKey& key) const;
  void RenewLater(const ChoiceKey& key, const Question& question);

  Library& library_;
  ChoiceCache& cache_;
  const platform::Clock& clock_;
  const Background background_;
  const AnswerPolicy policy_;
  platform::SingleFlight<Choice> flights_;
  std::mutex renewed_mutex_;
  std::set<std::string> renewed_;  // What the background is making anew.
};

}  // namespace hotline::knowledge
