#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "intake/domain/case.h"
#include "platform/store/store.h"

namespace hotline::intake {

using platform::Session;

/// Which cases; what is empty or unset does not choose.
struct CaseFilter {
  std::string site;
  std::vector<CaseState> states;
  std::vector<CaseKind> kinds;
  std::string department;  ///< Lead or co-handler.
  std::string topic;
  std::string call_id;
  std::string caller_token;
  std::optional<Time> opened_from;
  std::optional<Time> opened_until;  ///< Not included.
  std::optional<Time> overdue_at;    ///< Due before this.
};

/// Where a page ended: lists run from the newest case to the oldest.
struct CasePosition {
  Time opened_at;
  std::string case_no;
};

struct NumberedChange {
  std::int64_t number = 0;
  CaseChange change;
};

/// Changes of cases in the order of their numbers.
struct ChangePage {
  std::vector<NumberedChange> changes;
  std::int64_t cursor = 0;  ///< To go on from: what was read, whether it was of the site or not.
};

/// What is asked about many cases.
class CaseQueries {
 public:
  virtual ~CaseQueries() = default;
  [[nodiscard]] virtual std::vector<CaseChange> History(Session& session, std::string_view case_no) = 0;
  [[nodiscard]] virtual std::vector<Case> List(Session& session, const CaseFilter& filter,
                                               const std::optional<CasePosition>& after, int limit) = 0;
  /// Cases whose title, text or supplements hold every term.
  [[nodiscard]] virtual std::vector<Case> Search(Session& session, std::string_view site,
                                                 const std::vector<std::string>& terms,
                                                 const std::optional<CasePosition>& after, int limit) = 0;
  [[nodiscard]] virtual std::vector<std::pair<CaseState, std::int64_t>> Count(Session& session,
                                                                              const CaseFilter& filter) = 0;
  /// Changes of a site ("": of all) after `cursor`. Stops before a number that a transaction may still hold open.
  [[nodiscard]] virtual ChangePage ChangesAfter(Session& session, std::string_view site, std::int64_t cursor, int limit,
                                                Time wall) = 0;
  [[nodiscard]] virtual std::int64_t LastChange(Session& session) = 0;
};

}  // namespace hotline::intake
