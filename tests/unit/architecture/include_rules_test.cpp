// The dependency rule of design.md §2: kept by the real tree, and every way to break it is caught.
#include "unit/architecture/include_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hotline::architecture {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> Broken(const std::string& file, const std::string& include) {
  std::vector<std::string> found;
  for (const Violation& violation : BrokenRules({{file, "#pragma once\n\n#include " + include + "\n"}})) {
    found.push_back(ToString(violation));
  }
  return found;
}

struct Planted {
  std::string file;
  std::string include;
};

void PrintTo(const Planted& planted, std::ostream* out) { *out << planted.file << " includes " << planted.include; }

class BrokenRuleTest : public testing::TestWithParam<Planted> {};

TEST_P(BrokenRuleTest, IsCaughtWithFileAndLine) {
  EXPECT_THAT(Broken(GetParam().file, GetParam().include), ElementsAre(HasSubstr(GetParam().file + ":3: includes")));
}

INSTANTIATE_TEST_SUITE_P(Arrows, BrokenRuleTest,
                         testing::Values(Planted{"intake/domain/case.h", "\"intake/app/intake.h\""},
                                         Planted{"intake/app/intake.cpp", "\"intake/adapters/sql_cases.h\""},
                                         Planted{"intake/app/intake.cpp", "\"intake/rpc/handler.h\""},
                                         Planted{"intake/adapters/sql_cases.h", "\"intake/rpc/handler.h\""},
                                         Planted{"intake/rpc/handler.cpp", "\"intake/module.h\""},
                                         Planted{"intake/helpers/text.h", "\"intake/domain/case.h\""}));

INSTANTIATE_TEST_SUITE_P(Neighbours, BrokenRuleTest,
                         testing::Values(Planted{"intake/app/intake.h", "\"followup/domain/rates.h\""},
                                         Planted{"followup/module.cpp", "\"intake/module.h\""},
                                         Planted{"escalation/tools/train.cpp", "\"classification/domain/turn.h\""},
                                         Planted{"hotline/commands/ask.cpp", "\"knowledge/app/ask.h\""},
                                         Planted{"intake/module.cpp", "\"hotline/modules.h\""}));

INSTANTIATE_TEST_SUITE_P(Wire, BrokenRuleTest,
                         testing::Values(Planted{"intake/domain/case.h", "<hotline/intake/v1/case.pb.h>"},
                                         Planted{"intake/app/intake.h", "<hotline/intake/v1/intake_service.grpc.pb.h>"},
                                         Planted{"intake/app/intake.h", "<google/protobuf/message.h>"},
                                         Planted{"intake/app/intake.h", "\"contracts/timestamp.h\""},
                                         Planted{"intake/domain/case.h", "<grpcpp/support/status.h>"},
                                         Planted{"platform/bus/bus.h", "<google/protobuf/message.h>"},
                                         Planted{"language/text.h", "<hotline/common/v1/vocabulary.pb.h>"}));

INSTANTIATE_TEST_SUITE_P(Drivers, BrokenRuleTest,
                         testing::Values(Planted{"intake/adapters/sql_cases.cpp", "<soci/soci.h>"},
                                         Planted{"knowledge/adapters/index.cpp", "<sqlite3.h>"},
                                         Planted{"hotline/replay/replay.cpp", "<librdkafka/rdkafkacpp.h>"},
                                         Planted{"knowledge/adapters/cache.cpp", "  <hiredis/hiredis.h>"},
                                         Planted{"platform/runtime/run.cpp", "<openvino/openvino.hpp>"},
                                         Planted{"classification/adapters/topics.cpp", "<openvino/openvino.hpp>"}));

INSTANTIATE_TEST_SUITE_P(Foundations, BrokenRuleTest,
                         testing::Values(Planted{"platform/rpc/rpc.cpp", "\"intake/module.h\""},
                                         Planted{"platform/store/store.cpp", "\"language/text.h\""},
                                         Planted{"language/text.cpp", "\"platform/store/store.h\""},
                                         Planted{"language/text.cpp", "\"intake/domain/case.h\""},
                                         Planted{"contracts/enums.h", "\"platform/time.h\""}));

INSTANTIATE_TEST_SUITE_P(InputAndOutput, BrokenRuleTest,
                         testing::Values(Planted{"intake/domain/case.cpp", "\"platform/store/store.h\""},
                                         Planted{"intake/domain/case.cpp", "<fstream>"},
                                         Planted{"intake/domain/case.cpp", "<thread>"},
                                         Planted{"intake/domain/case.cpp", "\"platform/telemetry/log.h\""}));

TEST(IncludeRulesTest, AllowsWhatTheHouseIsBuiltOf) {
  for (const auto& [file, include] : std::initializer_list<Planted>{
           {"intake/domain/case.h", "\"platform/time.h\""},
           {"intake/domain/case.h", "\"language/vocabulary.h\""},
           {"intake/app/intake.h", "\"intake/domain/case.h\""},
           {"intake/app/intake.h", "\"platform/store/store.h\""},
           {"intake/adapters/events.cpp", "<hotline/intake/v1/intake_events.pb.h>"},
           {"classification/adapters/calls.cpp", "<hotline/intake/v1/intake_events.pb.h>"},
           {"intake/adapters/events.cpp", "\"contracts/timestamp.h\""},
           {"intake/rpc/handler.h", "<hotline/intake/v1/intake_service.grpc.pb.h>"},
           {"intake/rpc/handler.cpp", "\"intake/adapters/messages.h\""},
           {"intake/module.cpp", "\"intake/migrations.h\""},
           {"intake/module.cpp", "\"intake/rpc/handler.h\""},
           {"intake/main.cpp", "\"intake/module.h\""},
           {"platform/store/sqlite_engine.cpp", "<soci/sqlite3/soci-sqlite3.h>"},
           {"platform/rpc/rpc.h", "<google/protobuf/message.h>"},
           {"language/inference_openvino.cpp", "<openvino/openvino.hpp>"},
           {"hotline/modules.cpp", "\"followup/module.h\""},
           {"hotline/modules.cpp", "\"followup/migrations.h\""},
           {"hotline/commands/ask.cpp", "<hotline/knowledge/v1/knowledge_service.grpc.pb.h>"},
       }) {
    EXPECT_THAT(Broken(file, include), IsEmpty());
  }
}

TEST(IncludeRulesTest, ReadsIncludesHoweverTheyAreWritten) {
  EXPECT_EQ(BrokenRules({{"intake/domain/a.h", "  #  include   <fstream> // why"}}).size(), 1U);
  EXPECT_THAT(BrokenRules({{"intake/domain/a.h", "// #include <fstream>\nint include; // \"fstream\"\n"}}), IsEmpty());
}

TEST(IncludeRulesTest, HoldForEveryFileOfTheServices) {
  const SourceTree sources = ReadSources(std::filesystem::path{HOTLINE_SOURCE_DIR} / "services");
  ASSERT_GT(sources.size(), 50U) << "the tree was not found";
  for (const Violation& violation : BrokenRules(sources)) ADD_FAILURE() << "services/" << ToString(violation);
}

}  // namespace
}  // namespace hotline::architecture
