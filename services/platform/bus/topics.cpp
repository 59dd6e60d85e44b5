#include "platform/bus/topics.h"

namespace hotline::platform {
namespace {

// Shorter than an inbox remembers (ConsumerOptions::inbox_memory), so that no repeat of a kept event is new to it.
constexpr std::chrono::hours kMonth{30 * 24};
// Old versions of what was told are evidence.
constexpr std::chrono::hours kForEver{0};

constexpr Topic kTopics[] = {
    {kCallsTopic, 16, kMonth},      {kAssessmentsTopic, 16, kMonth}, {kAlertsTopic, 16, kMonth},
    {kAdviceTopic, 16, kMonth},     {kCasesTopic, 16, kMonth},       {kFollowUpsTopic, 16, kMonth},
    {kKnowledgeTopic, 1, kForEver},
};

}  // namespace

std::span<const Topic> AllTopics() { return kTopics; }

}  // namespace hotline::platform
