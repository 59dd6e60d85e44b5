#pragma once

#include <optional>
#include <string>
#include <vector>

#include <hotline/classification/v1/classification_service.pb.h>

#include "classification/app/calls.h"

namespace hotline::classification {

/// Calls, their understanding and the issues they add to, in SQL (migrations/). Stateless.
class SqlCallTable final : public CallTable {
 public:
  void Insert(platform::Transaction& tx, const CallOpening& opening) override;
  std::optional<HeardCall> Find(platform::Session& session, std::string_view call_id) override;
  std::vector<CallerReading> Readings(platform::Session& session, std::string_view call_id) override;
  void AddTurn(platform::Transaction& tx, const CallOpening& opening, const Turn& turn,
               const TurnUnderstanding& understanding, std::string_view model) override;
  void Close(platform::Transaction& tx, const CallOpening& opening, const CallUnderstanding& understanding,
             std::string_view model) override;
  void Sight(platform::Transaction& tx, const IssueSighting& sighting) override;

  /// What was published of the call; nothing when there is no such call.
  [[nodiscard]] std::optional<v1::GetUnderstandingResponse> Understanding(platform::Session& session,
                                                                          std::string_view call_id);

  struct IssueQuery {
    std::string site;
    Time since;
    int limit = 20;
    std::string after;  ///< Page token; empty for the first page.
  };
  /// Issues of two cases or more, hottest first. INVALID_ARGUMENT-worthy tokens were refused by CheckPageToken().
  [[nodiscard]] v1::ListHotIssuesResponse Issues(platform::Session& session, const IssueQuery& query);
  [[nodiscard]] static bool IsPageToken(std::string_view token);
};

}  // namespace hotline::classification
