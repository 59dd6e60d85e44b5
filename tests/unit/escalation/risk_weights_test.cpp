// The weights of the risk are data: a bad file is refused by the name of what is wrong, and they do what they say.
#include "escalation/domain/risk_weights.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "escalation/domain/embedded_data.h"
#include "spoken.h"

namespace hotline::escalation {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

nlohmann::json Shipped() { return nlohmann::json::parse(embedded::risk_weights); }

void ExpectRefused(const nlohmann::json& weights, const std::string& naming) {
  EXPECT_THAT([&] { (void)RiskWeights::Parse(weights.dump()); },
              ThrowsMessage<std::invalid_argument>(HasSubstr(naming)));
}

TEST(RiskWeightsTest, EveryKeyIsNeededAndMustFit) {
  const nlohmann::json shipped = Shipped();
  for (const auto& [key, value] : shipped.items()) {
    nlohmann::json weights = shipped;
    weights.erase(key);
    ExpectRefused(weights, key);
    weights[key] = true;
    ExpectRefused(weights, key);
  }
  nlohmann::json weights = shipped;
  weights["concerns"].erase("danger");
  weights["concerns"]["dangre"] = 1;
  ExpectRefused(weights, "danger");
  weights = shipped;
  weights["biass"] = 1;
  ExpectRefused(weights, "unknown");
  EXPECT_THROW((void)RiskWeights::Parse("bias = 1"), std::invalid_argument);
}

TEST(RiskWeightsTest, ADifferentWeightIsADifferentRisk) {
  const auto turns = Spoken({{'c', "这事我打过三回了，每回都说办结，灯还是不亮。", Emotion::kDissatisfied}});
  RiskWeights heavier = RiskWeights::Parse(embedded::risk_weights);
  heavier.version = "heavier";
  heavier.concerns[static_cast<std::size_t>(Concern::kUnsolved)] += 2;
  const RiskModel model{heavier};
  EXPECT_GT(model.Assess({}, turns, {}).risk, RiskModel::Get().Assess({}, turns, {}).risk);
  EXPECT_THAT(model.version(), HasSubstr("heavier"));
}

}  // namespace
}  // namespace hotline::escalation
