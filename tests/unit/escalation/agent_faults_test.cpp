// Which of a call's sentences are faults of the agent.
#include "escalation/domain/agent_faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hotline::escalation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// So probably this fault, else none.
FaultReading Probably(AgentFault fault, double probability) {
  FaultReading reading{};
  reading[static_cast<std::size_t>(AgentFault::kNone)] = 1 - probability;
  reading[static_cast<std::size_t>(fault)] = probability;
  return reading;
}

constexpr AgentFault kNone = AgentFault::kNone;
constexpr AgentFault kCold = AgentFault::kForbiddenPhrase;

TEST(AgentFaultsTest, WhatIsSureIsNamedAlone) {
  const FaultReading sure = Probably(AgentFault::kPromiseWithoutBasis, .95);
  EXPECT_THAT(NameFaults({{sure}}), ElementsAre(AgentFault::kPromiseWithoutBasis));
}

TEST(AgentFaultsTest, DoubtfulInAKindCallIsNone) {
  const FaultReading doubtful = Probably(kCold, .6);
  const FaultReading kind = Probably(kCold, .01);
  EXPECT_THAT(NameFaults({{kind, doubtful, kind}}), ElementsAre(kNone, kNone, kNone));
}

TEST(AgentFaultsTest, DoubtfulBesideOthersIsOne) {
  const FaultReading doubtful = Probably(kCold, .6);
  const FaultReading sure = Probably(AgentFault::kBlamedOthers, .97);
  EXPECT_THAT(NameFaults({{sure, doubtful}}), ElementsAre(AgentFault::kBlamedOthers, kCold));
}

TEST(AgentFaultsTest, NothingSpokenNothingNamed) { EXPECT_THAT(NameFaults({}), IsEmpty()); }

TEST(AgentFaultsTest, NamesAreThoseOfTheModelAndOfFindings) {
  for (const AgentFault fault : {kNone, kCold, AgentFault::kBlamedOthers, AgentFault::kPromiseWithoutBasis})
    EXPECT_EQ(AgentFaultFromName(Name(fault)), fault);
  EXPECT_EQ(AgentFaultFromName("sings"), std::nullopt);
  EXPECT_EQ(RuleOf(kCold), "FORBIDDEN_PHRASE");
  EXPECT_EQ(RuleOf(kNone), "");
}

}  // namespace
}  // namespace hotline::escalation
