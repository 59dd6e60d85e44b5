#pragma once

#include "intake/app/case_queries.h"
#include "intake/app/ports.h"

namespace hotline::intake {

/// Tables cases, case_changes, case_supplements and case_signatures.
class SqlCaseTable final : public CaseTable, public CaseQueries {
 public:
  bool Insert(Transaction& tx, const Case& filed) override;
  std::optional<Case> Find(Session& session, std::string_view case_no) override;
  std::optional<Case> Lock(Transaction& tx, std::string_view case_no) override;
  void Save(Transaction& tx, const Case& filed) override;
  std::vector<Case> OfCall(Session& session, std::string_view call_id) override;
  std::vector<EarlierCase> OfCaller(Session& session, std::string_view site, std::string_view caller_token,
                                    int limit) override;
  int CountOfCaller(Session& session, std::string_view site, std::string_view caller_token) override;
  void AddChange(Transaction& tx, std::string_view site, const CaseChange& change, Time wall) override;
  void AddSupplement(Transaction& tx, std::string_view case_no, std::int64_t version, std::string_view text) override;
  void Index(Transaction& tx, const Case& filed, std::string_view more_words) override;
  std::vector<std::string> Supplements(Session& session, std::string_view case_no) override;

  std::vector<CaseChange> History(Session& session, std::string_view case_no) override;
  std::vector<Case> List(Session& session, const CaseFilter& filter, const std::optional<CasePosition>& after,
                         int limit) override;
  std::vector<Case> Search(Session& session, std::string_view site, const std::vector<std::string>& terms,
                           const std::optional<CasePosition>& after, int limit) override;
  std::vector<std::pair<CaseState, std::int64_t>> Count(Session& session, const CaseFilter& filter) override;
  ChangePage ChangesAfter(Session& session, std::string_view site, std::int64_t cursor, int limit, Time wall) override;
  std::int64_t LastChange(Session& session) override;
};

}  // namespace hotline::intake
