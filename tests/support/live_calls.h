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

/// Plays live calls, one after the other, each repeated until all of it was acknowledged, and holds them with
/// ExpectHeard().
void TakeCallsUntil(const std::shared_ptr<grpc::Channel>& channel, const std::vector<replay::RecordedCall>& calls,
                    const std::atomic<bool>& stop, std::atomic<int>& taken);

/// Takes one call from greeting to end without waiting for anybody's assessment, as agents do who get none. The first
/// answer that is not an OK within `patience` ends it.
[[nodiscard]] absl::Status TakeCall(intake::v1::IntakeService::StubInterface& stub, const replay::RecordedCall& call,
                                    std::chrono::milliseconds patience);

/// Plays it (again, if it was taken), and expects that every turn has one final assessment.
void ExpectHeard(intake::v1::IntakeService::StubInterface& stub, const replay::RecordedCall& call);

}  // namespace hotline::tests
