#pragma once

#include <optional>

#include <google/protobuf/generated_enum_reflection.h>

namespace hotline::contracts {

/// Proto enums and the domain's enum classes share their numbers (protos/hotline/common/v1/vocabulary.proto), so a
/// conversion is a cast; only what comes from outside needs a check.
template <typename Proto, typename Domain>
[[nodiscard]] constexpr Proto ToProto(Domain value) {
  return static_cast<Proto>(static_cast<int>(value));
}

/// Nothing for UNSPECIFIED (0) and for numbers this binary does not know: a newer client may send more.
template <typename Domain, typename Proto>
[[nodiscard]] std::optional<Domain> FromProto(Proto value) {
  const bool known = google::protobuf::GetEnumDescriptor<Proto>()->FindValueByNumber(value) != nullptr;
  if (!known || static_cast<int>(value) == 0) return std::nullopt;
  return static_cast<Domain>(static_cast<int>(value));
}

}  // namespace hotline::contracts
