#pragma once

#include <hotline/common/v1/vocabulary.pb.h>

#include <optional>
#include <string_view>

namespace hotline::cli {

/// The field's own words for what the wire numbers; "" for UNSPECIFIED and for numbers this binary does not know.
[[nodiscard]] std::string_view NameOf(common::v1::CaseKind kind);
[[nodiscard]] std::string_view NameOf(common::v1::Emotion emotion);
[[nodiscard]] std::string_view NameOf(common::v1::Intent intent);
[[nodiscard]] std::string_view NameOf(common::v1::RiskLevel level);
[[nodiscard]] std::string_view NameOf(common::v1::CaseState state);
[[nodiscard]] std::string_view NameOf(common::v1::Rating rating);

/// What a reason of a warning says in the field's words ("GROUP_ACTION": 群体聚集); the code itself when it is a new
/// one.
[[nodiscard]] std::string_view NameOfReason(std::string_view code);

[[nodiscard]] std::optional<common::v1::CaseKind> KindFrom(std::string_view name);
[[nodiscard]] std::optional<common::v1::CaseState> StateFrom(std::string_view name);
[[nodiscard]] std::optional<common::v1::Rating> RatingFrom(std::string_view name);
[[nodiscard]] std::optional<common::v1::Channel> ChannelFrom(std::string_view name);  ///< "phone", "wechat", …

}  // namespace hotline::cli
