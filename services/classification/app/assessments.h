#pragma once

#include <optional>
#include <string_view>

#include <absl/status/status.h>

#include "classification/app/calls.h"
#include "classification/domain/reader.h"

namespace hotline::classification {

/// Follows calls as they happen: every turn is understood once and in order, the whole call when it closes.
///
/// Runs inside the consumer's transaction; the reading itself is pure and fast. What it publishes depends on the
/// call's own events and the reader's version only, so a log replayed gives the same assessments. Thread-safe.
class Assessments {
 public:
  /// All must outlive this.
  Assessments(const Reader& reader, CallTable& calls, AssessmentEvents& events)
      : reader_{reader}, calls_{calls}, events_{events} {}

  absl::Status Open(platform::Transaction& tx, const CallOpening& opening) const;

  /// FAILED_PRECONDITION: the call was never opened.
  absl::Status Hear(platform::Transaction& tx, std::string_view call_id, const Turn& turn) const;

  /// FAILED_PRECONDITION: never opened. A call in which nothing was said is one 咨询. `recorded`: the kind the agent
  /// wrote down.
  absl::Status Close(platform::Transaction& tx, std::string_view call_id, std::optional<CaseKind> recorded,
                     Time at) const;

 private:
  const Reader& reader_;
  CallTable& calls_;
  AssessmentEvents& events_;
};

}  // namespace hotline::classification
