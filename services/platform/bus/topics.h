#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace hotline::platform {

/// A topic of the bus: its name and its fixed number of partitions.
struct Topic {
  std::string_view name;
  std::int32_t partitions;
};

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
