#pragma once

#include <hotline/intake/v1/intake_service.pb.h>

#include <filesystem>
#include <string>
#include <vector>

#include <absl/status/statusor.h>

namespace hotline::replay {

/// One line of CALLS.jsonl as the requests that a client would send, in order (data format: calls/SCHEMA.md).
struct RecordedCall {
  std::string id;
  std::string phone;
  std::vector<intake::v1::ImportCasesRequest> history;
  intake::v1::OpenCallRequest open;
  std::vector<intake::v1::Turn> turns;
  intake::v1::CloseCallRequest close;
};

/// Reads the file; `expected` is ignored. Request ids derive from each line (without `expected`), so that a second
/// replay repeats the same requests; `salt` makes them new. INVALID_ARGUMENT names line and field.
[[nodiscard]] absl::StatusOr<std::vector<RecordedCall>> ReadCallFile(const std::filesystem::path& file,
                                                                     const std::string& salt);

}  // namespace hotline::replay
