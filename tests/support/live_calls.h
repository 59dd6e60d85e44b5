#pragma once

#include <hotline/intake/v1/intake_service.grpc.pb.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <absl/status/status.h>
#include <grpcpp/channel.h>

#include "hotline/replay/call_file.h"

namespace hotline::tests {

/// The recorded calls of the site that is not the ledger's; another `salt` makes other calls of them.
[[nodiscard]] std::vector<replay::RecordedCall> LiveCalls(const std::string& salt);

/// Plays live calls, one after the other, each repeated until all of it was acknowledged; expects that the watcher of
/// each hears one final assessment a turn.
void TakeCallsUntil(const std::shared_ptr<grpc::Channel>& channel, const std::vector<replay::RecordedCall>& calls,
                    const std::atomic<bool>& stop, std::atomic<int>& taken);

/// Takes one call from greeting to end without waiting for anybody's assessment, as agents do who get none. The first
/// answer that is not an OK within `patience` ends it.
[[nodiscard]] absl::Status TakeCall(intake::v1::IntakeService::StubInterface& stub, const replay::RecordedCall& call,
                                    std::chrono::milliseconds patience);

/// Expects that such a call gets one final assessment a turn, even when it was settled long before. Waits for what is
/// still under way.
void ExpectHeard(const std::shared_ptr<grpc::Channel>& channel, const replay::RecordedCall& call);

}  // namespace hotline::tests
