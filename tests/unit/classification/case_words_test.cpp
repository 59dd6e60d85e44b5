// What a case says of itself.
#include "classification/domain/case_words.h"

#include <gmock/gmock.h>

#include "language/text.h"
#include "spoken.h"

namespace hotline::classification {
namespace {

TEST(SummaryTest, KeepsTheSentencesOfTheCallerApart) {
  EXPECT_EQ(Summary(Spoken({{'a', "您好，请讲，这里是十二三四五。"},
                            {'c', "楼上漏水三个月了！物业来看过一次？没下文"},
                            {'a', "您家住哪里？"},
                            {'c', "嗯。"},
                            {'c', "幸福小区三号楼二单元；五零一"}})),
            "楼上漏水三个月了！物业来看过一次？没下文。幸福小区三号楼二单元；五零一。");
}

TEST(SummaryTest, EndsWhereThereIsEnough) {
  std::string long_turn;
  for (int i = 0; i < 60; ++i) long_turn += "路灯坏了很久。";
  const std::string summary = Summary(Spoken({{'c', long_turn}}));
  EXPECT_LE(language::CountCharacters(summary), 200U);
  EXPECT_TRUE(summary.ends_with("路灯坏了很久。"));
}

}  // namespace
}  // namespace hotline::classification
