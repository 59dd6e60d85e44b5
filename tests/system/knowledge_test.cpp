// What a knowledge owner does in a day: sees what ends soon and what nobody could answer, takes a wrong rule out, and
// learns who was told it.
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/server.h"

namespace hotline::tests {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const std::string kArticles = HOTLINE_SOURCE_DIR "/deploy/demo/articles.jsonl";

/// Somebody asks for an allowance.
std::filesystem::path Call(const std::filesystem::path& folder) {
  std::filesystem::path file = folder / "call.jsonl";
  std::ofstream{file}
      << R"({"id": "X001", "site": "yunzhou", "city": "云州市", "channel": "phone",)"
         R"( "started_at": "2026-03-25T11:00:00+08:00", "caller": {"phone": "13900000099", "tags": []}, "history": [],)"
         R"( "turns": [{"speaker": "agent", "at_ms": 0, "text": "您好，请讲。"},)"
         R"( {"speaker": "caller", "at_ms": 1500, "text": "你好，我妈今年满八十了，高龄津贴怎么申请？"},)"
         R"( {"speaker": "agent", "at_ms": 9000, "text": "您要问高龄津贴，我查一下。"}]})"
      << '\n';
  return file;
}

class KnowledgeCommandTest : public testing::Test {
 protected:
  void SetUp() override { server_.Start(); }

  CommandResult Try(std::vector<std::string> words) {
    words.insert(words.end(), {"--address", server_.address()});
    return RunHotline(words);
  }
  std::string Run(const std::vector<std::string>& words) {
    const CommandResult result = Try(words);
    EXPECT_EQ(result.status, 0) << words.front() << ": " << result.err;
    return result.out;
  }
  std::vector<json> Objects(std::vector<std::string> words) {
    words.emplace_back("--json");
    std::vector<json> objects;
    std::istringstream lines{Run(words)};
    for (std::string line; std::getline(lines, line);) objects.push_back(json::parse(line));
    return objects;
  }
  std::vector<std::string> Ids(const std::vector<std::string>& words) {
    std::vector<std::string> ids;
    for (const json& article : Objects(words)) ids.push_back(article.at("article_id"));
    return ids;
  }

  const TemporaryDirectory data_;
  Server server_{data_.path() / "data"};
};

TEST_F(KnowledgeCommandTest, WhoWasToldARuleThatIsTakenOutIsKnown) {
  Run({"knowledge", "import", kArticles});
  Run({"replay", Call(data_.path()).string()});

  const std::vector<json> told = Objects({"knowledge", "told", "P005"});
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_THAT(told[0].at("question").get<std::string>(), HasSubstr("高龄津贴怎么申请"));
  EXPECT_EQ(told[0].at("turn"), 2);
  ASSERT_THAT(told[0].at("cases"), Not(IsEmpty())) << "whoever rings back needs the case";
  EXPECT_THAT(Run({"cases", "show", told[0].at("cases")[0]}), HasSubstr("高龄津贴"));

  const std::string retired = Run({"knowledge", "retire", "P005", "--reason", "金额有误"});
  EXPECT_THAT(retired,
              AllOf(HasSubstr("retired"), HasSubstr("told so far: 1 "), HasSubstr("hotline knowledge told P005")));
  EXPECT_THAT(Run({"knowledge", "show", "P005"}), AllOf(HasSubstr("已撤下"), HasSubstr("云民规〔2025〕2号")));
  EXPECT_THAT(Objects({"knowledge", "told", "P005"}), SizeIs(1)) << "what was told stays told";
  EXPECT_THAT(Run({"knowledge", "told", "P001"}), HasSubstr("nobody was told P001"));
}

TEST_F(KnowledgeCommandTest, WhatEndsSoonIsListed) {
  Run({"knowledge", "import", kArticles});
  EXPECT_THAT(Ids({"knowledge", "list", "--as-of", "2025-12-20", "--ending", "30"}),
              ElementsAre("P004", "P007", "P014", "P016"));
  EXPECT_THAT(Ids({"knowledge", "list", "--as-of", "2025-12-20", "--ending", "11"}), IsEmpty())
      << "they rule through the 31st";
  EXPECT_THAT(Objects({"knowledge", "list"}), SizeIs(40));
  EXPECT_THAT(Objects({"knowledge", "list", "--limit", "3"}), SizeIs(3));
  EXPECT_THAT(Run({"knowledge", "list", "--as-of", "2026-01-01", "--region", "云州市"}),
              AllOf(HasSubstr("P005"), Not(HasSubstr("P004")), Not(HasSubstr("P006"))));
}

TEST_F(KnowledgeCommandTest, QuestionsWithoutAnAnswerAreListed) {
  Run({"knowledge", "import", kArticles});
  const std::string question = "船舶的检验证书到哪里换？";
  EXPECT_THAT(Run({"ask", question, "--region", "云州市"}), HasSubstr("没有现行有效的答案"));
  const std::vector<json> gaps = Objects({"knowledge", "gaps", "--site", "yunzhou"});
  ASSERT_THAT(gaps, SizeIs(1));
  EXPECT_EQ(gaps[0].at("question"), question);
  EXPECT_EQ(gaps[0].at("times_asked"), 1);
  EXPECT_THAT(Objects({"knowledge", "gaps", "--site", "hailan"}), IsEmpty());
}

TEST_F(KnowledgeCommandTest, WhatIsWrongIsNamed) {
  const CommandResult unknown = Try({"knowledge", "retire", "P999", "--reason", "错"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_THAT(unknown.err, HasSubstr("P999"));
  const CommandResult no_day = Try({"knowledge", "list", "--as-of", "morgen"});
  EXPECT_EQ(no_day.status, 2);
  EXPECT_THAT(no_day.err, HasSubstr("as_of"));
  const CommandResult no_reason = Try({"knowledge", "retire", "P005"});
  EXPECT_EQ(no_reason.status, 2);
  EXPECT_THAT(no_reason.err, HasSubstr("--reason is required"));
}

}  // namespace
}  // namespace hotline::tests
