#pragma once

#include <hotline/intake/v1/case.pb.h>

#include <nlohmann/json.hpp>

namespace hotline::cli {

/// A text, or null where there is none: cli.md keeps every key.
[[nodiscard]] nlohmann::ordered_json TextOrNull(const std::string& text);

/// RFC 3339 in China's time, or null when unset.
[[nodiscard]] nlohmann::ordered_json TimeOrNull(bool set, const google::protobuf::Timestamp& time);

/// A case as `replay` prints it (cli.md), with the keys people ask for besides.
[[nodiscard]] nlohmann::ordered_json ToJson(const intake::v1::Case& from);

/// "2026-03-03 17:00", "" when unset: for tables.
[[nodiscard]] std::string ShortTime(bool set, const google::protobuf::Timestamp& time);

}  // namespace hotline::cli
