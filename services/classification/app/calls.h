#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "classification/domain/turn.h"
#include "platform/store/store.h"

namespace hotline::classification {

/// A call as far as it was heard.
struct HeardCall {
  CallOpening opening;
  std::vector<Turn> turns;
};

/// What a call says about an issue that may grow: one case of a place and a matter.
struct IssueSighting {
  std::string site;
  std::string hot_issue;
  std::string title;
  std::string place;
  std::string topic;
  Time at;
};

/// The memory of calls and their understanding. Every call happens inside the caller's transaction.
class CallTable {
 public:
  virtual ~CallTable() = default;
  virtual void Insert(platform::Transaction& tx, const CallOpening& opening) = 0;
  [[nodiscard]] virtual std::optional<HeardCall> Find(platform::Session& session, std::string_view call_id) = 0;
  /// What was heard in each of the caller's turns, in order.
  [[nodiscard]] virtual std::vector<CallerReading> Readings(platform::Session& session, std::string_view call_id) = 0;
  virtual void AddTurn(platform::Transaction& tx, const CallOpening& opening, const Turn& turn,
                       const TurnUnderstanding& understanding, std::string_view model) = 0;
  virtual void Close(platform::Transaction& tx, const CallOpening& opening, const CallUnderstanding& understanding,
                     std::string_view model) = 0;
  virtual void Sight(platform::Transaction& tx, const IssueSighting& sighting) = 0;
};

/// What leaves for the other services, in the same transaction.
class AssessmentEvents {
 public:
  virtual ~AssessmentEvents() = default;
  virtual void TurnUnderstood(platform::Transaction& tx, const CallOpening& opening, const Turn& turn,
                              const TurnUnderstanding& understanding, std::string_view model) = 0;
  virtual void CallUnderstood(platform::Transaction& tx, const CallOpening& opening,
                              const CallUnderstanding& understanding, std::string_view model, Time at) = 0;
};

}  // namespace hotline::classification
