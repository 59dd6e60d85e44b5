#pragma once

#include <hotline/intake/v1/intake_service.grpc.pb.h>

#include <string>
#include <vector>

#include <absl/status/statusor.h>

#include "hotline/replay/player.h"

namespace hotline::replay {

/// A call of the record: what was said in it, ready to be replayed, and all that was told of it at the time.
struct OldCall {
  RecordedCall call;
  PlayedCall played;
};

/// Ids of the calls that have cases, newest first; at most `limit`. An empty site is every site.
[[nodiscard]] absl::StatusOr<std::vector<std::string>> OldCallIds(intake::v1::IntakeService::StubInterface& stub,
                                                                  const std::string& site, std::size_t limit);

/// Reads one of them. Its texts are masked and its caller unknown; earlier cases of the same caller come along as they
/// are now. FAILED_PRECONDITION when it has not settled or its assessments are gone.
[[nodiscard]] absl::StatusOr<OldCall> ReadOldCall(intake::v1::IntakeService::StubInterface& stub,
                                                  const std::string& call_id, std::chrono::seconds patience);

/// The same from what its watcher was told and the earlier cases of its caller. Pure.
[[nodiscard]] RecordedCall ToRecordedCall(const PlayedCall& played, const std::vector<intake::v1::Case>& earlier);

}  // namespace hotline::replay
