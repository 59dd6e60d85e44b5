// What the understanding of calls must not fall below, on labelled calls that may be learned from: a slip shows here at
// once. What it is worth on calls of others is measured elsewhere (tests/data/calls/README.md).
#include "quality/labelled_calls.h"

#include <cstdlib>
#include <ostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hotline::tests {
namespace {

using testing::Ge;
using testing::Le;

/// Of a file: what the encoder takes for more tells nothing more.
constexpr int kMost = 90;

CallScores ScoresOf(const char* file) {
  static const auto models = language::Models::Load(language::ModelDirectory());
  if (!models.ok()) throw std::runtime_error(models.status().ToString());
  return PlayLabelledCalls(std::filesystem::path{HOTLINE_SOURCE_DIR} / "tests/data/calls" / file, *models, kMost);
}

struct Floor {
  const char* file;
  double warned, false_alarms, red, kinds, lead, topic, intents, emotion, slots, restated, soothe_first;
};

std::ostream& operator<<(std::ostream& out, const Floor& floor) { return out << floor.file; }

class QualityTest : public testing::TestWithParam<Floor> {};

TEST_P(QualityTest, UnderstandsLabelledCallsAsWellAsBefore) {
  const Floor& floor = GetParam();
  const CallScores scores = ScoresOf(floor.file);
  ASSERT_GT(scores.kinds.of, 50) << "the file is cut";
  EXPECT_THAT(scores.warned.value(), Ge(floor.warned));
  EXPECT_THAT(scores.false_alarms.value(), Le(floor.false_alarms));
  EXPECT_THAT(scores.red.value(), Ge(floor.red));
  EXPECT_THAT(scores.kinds.value(), Ge(floor.kinds));
  EXPECT_THAT(scores.lead.value(), Ge(floor.lead));
  EXPECT_THAT(scores.topic.value(), Ge(floor.topic));
  EXPECT_THAT(scores.intents.value(), Ge(floor.intents));
  EXPECT_THAT(scores.emotion_macro_f1, Ge(floor.emotion));
  EXPECT_THAT(scores.slots.value(), Ge(floor.slots));
  EXPECT_THAT(scores.restated.value(), Ge(floor.restated));
  EXPECT_THAT(scores.soothe_first.value(), Ge(floor.soothe_first));
}

INSTANTIATE_TEST_SUITE_P(Calls, QualityTest,
                         testing::Values(Floor{"development.jsonl", .9, .03, 1, .87, .9, .96, .95, .76, .82, .97, .78},
                                         Floor{"dataset.jsonl", .9, .03, 1, .93, .97, .97, .95, .8, .86, .95, .84},
                                         Floor{"practice.jsonl", .8, .1, .85, .68, .92, .95, .9, .72, .72, .82, .74}),
                         [](const auto& test) {
                           return std::string{test.param.file}.substr(0, std::string_view{test.param.file}.find('.'));
                         });

}  // namespace
}  // namespace hotline::tests
