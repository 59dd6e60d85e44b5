#pragma once

#include <string>

#include <google/protobuf/timestamp.pb.h>

namespace hotline::cli {

/// A day ("2026-03-03", its beginning in China) or a time (RFC 3339) that somebody gave as `flag`. Throws Failure,
/// which names the flag.
[[nodiscard]] google::protobuf::Timestamp TimeOrFail(const std::string& flag, const std::string& text);

}  // namespace hotline::cli
