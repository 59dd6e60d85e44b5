#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/status.h>

#include "intake/app/case_book.h"
#include "intake/app/intake.h"

namespace hotline::intake {

/// What a sibling said about a call.
struct CallNews {
  FeedKind kind = FeedKind::kRisk;
  std::string call_id;
  int turn = 0;                       ///< Of kRisk and kAdvice.
  bool final = true;                  ///< False: a preliminary risk, with the final one to come.
  std::optional<HeardPeril> peril{};  ///< Of a risk that is red.
  std::string payload;                ///< The event's bytes, as the feed shows them.
};

/// Turns closed calls into cases, once, and keeps each call's feed. Every method is one step inside the caller's
/// transaction. Thread-safe.
class Drafting {
 public:
  explicit Drafting(const Intake& intake) : intake_{intake}, book_{intake} {}

  /// Puts news into the feed and does what has become possible: cases drafted, call settled. News of a settled call are
  /// dropped, but for a late understanding and a late red, which still revise what nobody touched. NOT_FOUND: no such
  /// call.
  [[nodiscard]] absl::Status Take(Transaction& tx, const CallNews& news, Time wall) const;

  /// A closed call whose siblings are late: files and settles with what there is. Harmless on any other.
  [[nodiscard]] absl::Status GiveUpWaiting(Transaction& tx, std::string_view call_id, Time wall) const;

 private:
  void Advance(Transaction& tx, Call& call, Time wall) const;
  void DraftUnderstood(Transaction& tx, Call& call, const CallUnderstanding& understanding, Time wall) const;
  void HeedLate(Transaction& tx, const Call& call, const HeardPeril& peril, Time wall) const;
  void DraftUnderstandingNothing(Transaction& tx, Call& call, Time wall) const;
  void Route(Case& filed, const Call& call, const UnderstoodMatter& matter, const CallUnderstanding& understanding,
             Session& session, Time wall) const;
  void AppendFeed(Transaction& tx, Call& call, FeedKind kind, std::string payload) const;
  [[nodiscard]] Case NewCase(Transaction& tx, const Call& call) const;

  const Intake& intake_;
  const CaseBook book_;
};

}  // namespace hotline::intake
