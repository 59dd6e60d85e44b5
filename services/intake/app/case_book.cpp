#include "intake/app/case_book.h"

#include <algorithm>
#include <utility>

namespace hotline::intake {

bool CaseBook::Open(Transaction& tx, const Case& filed, Action action, std::string_view actor, Time wall) const {
  if (!intake_.cases.Insert(tx, filed)) return false;
  Tell(tx, filed,
       {.case_no = filed.case_no,
        .version = filed.version,
        .action = action,
        .to_state = filed.state,
        .actor = std::string{actor},
        .at = filed.updated_at},
       wall);
  return true;
}

void CaseBook::Change(Transaction& tx, Case& filed, Action action, CaseState from, std::string reason,
                      std::string_view actor, Time at, Time wall) const {
  ++filed.version;
  filed.updated_at = std::max(filed.updated_at, at);
  intake_.cases.Save(tx, filed);
  Tell(tx, filed,
       {.case_no = filed.case_no,
        .version = filed.version,
        .action = action,
        .from_state = from,
        .to_state = filed.state,
        .reason = std::move(reason),
        .actor = std::string{actor},
        .at = filed.updated_at},
       wall);
}

void CaseBook::Tell(Transaction& tx, const Case& filed, const CaseChange& change, Time wall) const {
  intake_.cases.AddChange(tx, filed.site, change, wall);
  intake_.events.CaseChanged(tx, filed, change);
  tx.OnCommit([&notifier = intake_.notifier, site = filed.site] {
    notifier.Notify(CaseFeedKey(site));
    notifier.Notify(CaseFeedKey(""));
  });
}

}  // namespace hotline::intake
