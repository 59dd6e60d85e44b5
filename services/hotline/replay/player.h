#pragma once

#include <hotline/intake/v1/intake_service.grpc.pb.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "hotline/replay/call_file.h"

namespace hotline::replay {

enum class Speed { kMax, kReal };

struct PlayOptions {
  Speed speed = Speed::kMax;
  bool pipeline = false;              ///< Do not wait for a turn's assessment before the next turn.
  std::chrono::seconds patience{60};  ///< For one assessment, and for the call to settle.
};

/// A call after its replay: everything its watcher was told, in order.
struct PlayedCall {
  std::string call_id;
  std::vector<intake::v1::WatchCallResponse> entries;
};

/// Replays one call as an agent's desk would: history, OpenCall, turns over Converse, WatchCall beside them, CloseCall;
/// returns when the call has settled. Everything is repeated under the same request ids, so it is safe after a failure.
[[nodiscard]] absl::StatusOr<PlayedCall> Play(intake::v1::IntakeService::StubInterface& stub, const RecordedCall& call,
                                              const PlayOptions& options);

}  // namespace hotline::replay
