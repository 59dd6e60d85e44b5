// The dispatch directory that is compiled in, and how matters are found in it.
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "classification/domain/dispatch_directory.h"
#include "language/linear_head.h"
#include "language/vocabulary.h"

namespace hotline::classification {
namespace {

using testing::Contains;
using testing::ElementsAre;

std::string LeadOf(std::string_view text) {
  const WeightedText said[] = {{std::string{text}, 1}};
  const auto matches = DispatchDirectory::Get().Match(said);
  return matches.empty() ? "" : matches.front().entry->lead;
}

TEST(DirectoryTest, CoversEveryDepartmentAndTopicByItsName) {
  const auto names = language::DepartmentNames();
  const auto topics = language::TopicNames();
  const std::set<std::string_view> known_departments{names.begin(), names.end()};
  const std::set<std::string_view> known_topics{topics.begin(), topics.end()};
  std::set<std::string_view> departments;
  std::set<std::string_view> of_topics;
  std::set<std::string_view> entries;
  for (const DispatchEntry& entry : DispatchDirectory::Get().entries()) {
    EXPECT_TRUE(entries.insert(entry.entry).second) << entry.entry;
    EXPECT_FALSE(entry.basis.empty()) << entry.matter;
    departments.insert(entry.lead);
    departments.insert(entry.co_handlers.begin(), entry.co_handlers.end());
    of_topics.insert(entry.topic);
  }
  EXPECT_GE(entries.size(), 120U);
  EXPECT_EQ(departments, known_departments);
  EXPECT_EQ(of_topics, known_topics);
}

TEST(DirectoryTest, FindsTheLeadOfAMatter) {
  EXPECT_EQ(LeadOf("暖气片冰凉，屋里才十四度，热力公司不来测温"), "供热单位");
  EXPECT_EQ(LeadOf("老板拖欠三个月工资"), "人力资源和社会保障局");
  EXPECT_EQ(LeadOf("孩子上小学，居住证刚办，能报名吗"), "教育局");
  EXPECT_EQ(LeadOf("护照和居留许可快到期了"), "出入境管理");
}

TEST(DirectoryTest, ConflictsHaveALeadAndHelpers) {
  const WeightedText said[] = {{"饭店油烟直接排到楼上，熏得睡不着", 1}};
  const auto best = DispatchDirectory::Get().Match(said).front();
  EXPECT_EQ(best.entry->lead, "城市管理执法局");
  EXPECT_THAT(best.entry->co_handlers, Contains("生态环境局"));
  EXPECT_THAT(best.words, Contains("油烟"));
  EXPECT_GT(best.probability, 0);
}

TEST(DirectoryTest, NothingSaidIsNothingFound) { EXPECT_EQ(LeadOf("喂"), ""); }

TEST(DirectoryTest, KnowsDepartmentsByTheirShortNames) {
  EXPECT_THAT(DispatchDirectory::Get().DepartmentsNamed("转给住建局和城管局"),
              ElementsAre("住房和城乡建设局", "城市管理执法局"));
}

TEST(LinearHeadTest, ReadsWhatItWrites) {
  language::LinearHead head{"v1", {"是", "否"}};
  head.Set("好", {0.5F, -0.25F});
  std::ostringstream out;
  head.Write(out);
  const language::LinearHead again{out.str()};
  EXPECT_EQ(again.version(), "v1");
  EXPECT_THAT(again.Scores({{"好", 2.0F}, {"没见过", 9.0F}}), ElementsAre(1.0, -0.5));
}

TEST(LinearHeadTest, ADamagedFileNamesItsLine) {
  try {
    language::LinearHead{"version\tv\nlabels\ta\tb\n好\t0.5\n"};
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("line 3"));
  }
}

}  // namespace
}  // namespace hotline::classification
