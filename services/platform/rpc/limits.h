#pragma once

#include <chrono>

namespace hotline::platform {

// What both ends of a call agree on.
inline constexpr int kMaxMessageBytes = 16 * 1024 * 1024;             ///< Imports come in batches below this.
inline constexpr std::chrono::seconds kMaxCallTime{30};               ///< Longer deadlines are cut to this.
inline constexpr std::chrono::milliseconds kOverloadRetryDelay{500};  ///< The retry hint of an overloaded process.

inline constexpr char kActorMetadata[] = "hotline-actor";
inline constexpr char kRoleMetadata[] = "hotline-role";
inline constexpr char kRequestIdMetadata[] = "hotline-request-id";

}  // namespace hotline::platform
