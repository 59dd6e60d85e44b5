#include "platform/bus/topics.h"

namespace hotline::platform {
namespace {

constexpr Topic kTopics[] = {
    {kCallsTopic, 16}, {kAssessmentsTopic, 16}, {kAlertsTopic, 16},   {kAdviceTopic, 16},
    {kCasesTopic, 16}, {kFollowUpsTopic, 16},   {kKnowledgeTopic, 1},
};

}  // namespace

std::span<const Topic> AllTopics() { return kTopics; }

}  // namespace hotline::platform
