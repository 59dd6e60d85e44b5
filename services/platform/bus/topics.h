#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace hotline::platform {

/// A topic of the bus: its name, its fixed number of partitions, and how long it keeps an event.
struct Topic {
  std::string_view name;
  std::int32_t partitions;
  std::chrono::hours retention;  ///< 0: for ever.
};

/// The largest event a bus takes.
inline constexpr std::size_t kMaxEventBytes = 16 * 1024 * 1024;

inline constexpr std::string_view kCallsTopic = "hotline.calls.v1";
inline constexpr std::string_view kAssessmentsTopic = "hotline.assessments.v1";
inline constexpr std::string_view kAlertsTopic = "hotline.alerts.v1";
inline constexpr std::string_view kAdviceTopic = "hotline.advice.v1";
inline constexpr std::string_view kCasesTopic = "hotline.cases.v1";
inline constexpr std::string_view kFollowUpsTopic = "hotline.followups.v1";
inline constexpr std::string_view kKnowledgeTopic = "hotline.knowledge.v1";

/// Every topic there is. A partition count never changes: order per key hangs on it.
[[nodiscard]] std::span<const Topic> AllTopics();

}  // namespace hotline::platform
