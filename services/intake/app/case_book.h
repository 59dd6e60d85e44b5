#pragma once

#include <string>
#include <string_view>

#include "intake/app/intake.h"

namespace hotline::intake {

/// Writes down what happened to a case: row, history, event and hint in the caller's transaction, so that none of them
/// is forgotten. Stateless; any thread.
class CaseBook {
 public:
  explicit CaseBook(const Intake& intake) : intake_{intake} {}

  /// A case that was not there before. False when its number is taken, and nothing is written.
  [[nodiscard]] bool Open(Transaction& tx, const Case& filed, Action action, std::string_view actor, Time wall) const;

  /// A case that changed, seen through Lock(): its version grows by one. `at` is the business clock; it never falls.
  void Change(Transaction& tx, Case& filed, Action action, CaseState from, std::string reason, std::string_view actor,
              Time at, Time wall) const;

 private:
  void Tell(Transaction& tx, const Case& filed, const CaseChange& change, Time wall) const;

  const Intake& intake_;
};

}  // namespace hotline::intake
