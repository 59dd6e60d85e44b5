// The shipped models on sentences of our own: they load, they rank, they explain, and a bad file is named.
#include "language/models.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <numeric>

#include "language/satisfaction.h"

namespace hotline::language {
namespace {

class ModelsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto loaded = Models::Load(ModelDirectory());
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    models_ = *loaded;
  }
  static std::shared_ptr<const Models> models_;
};
std::shared_ptr<const Models> ModelsTest::models_;

TEST_F(ModelsTest, TellsTopicsApart) {
  EXPECT_EQ(models_->Topics("小区物业乱收停车费\n业主委员会不作为，绿化被毁")[0].label, "城乡建设");
  EXPECT_EQ(models_->Topics("化工厂排放刺鼻气体\n夜里偷排污水，河水发黑")[0].label, "环境保护");
  EXPECT_EQ(models_->Topics("公司拖欠工资不签合同\n社保也没有交")[0].label, "劳动和社会保障");
  EXPECT_EQ(models_->Topics("村支书侵占集体资金，干部收受好处")[0].label, "纪检监察");
  EXPECT_EQ(models_->Topics("宽带天天断网，运营商乱扣费")[0].label, "科技与信息产业");
}

TEST_F(ModelsTest, RanksAllFifteenTopicsWithProbabilities) {
  const auto ranked = models_->Topics("路灯不亮");
  EXPECT_EQ(ranked.size(), TopicNames().size());
  EXPECT_NEAR(std::accumulate(ranked.begin(), ranked.end(), 0.0,
                              [](double sum, const Scored& one) { return sum + one.probability; }),
              1.0, 1e-9);
  EXPECT_TRUE(std::is_sorted(ranked.begin(), ranked.end(),
                             [](const auto& a, const auto& b) { return a.probability > b.probability; }));
}

TEST_F(ModelsTest, ChoosesAmongTheTopicsItIsGiven) {
  const std::vector<std::string_view> among{"交通运输", "商贸旅游"};
  const auto ranked = models_->Topics("化工厂排放刺鼻气体", among);
  ASSERT_EQ(ranked.size(), 2U);
  EXPECT_NEAR(ranked[0].probability + ranked[1].probability, 1.0, 1e-9);
}

TEST_F(ModelsTest, NamesTheWordsThatDecided) {
  const std::string text = "出租车司机拒载，还乱收费";
  const auto evidence = models_->TopicEvidence(text, models_->Topics(text)[0].label);
  ASSERT_FALSE(evidence.empty());
  EXPECT_LE(evidence[0].end, text.size());
  EXPECT_LT(evidence[0].begin, evidence[0].end);
}

TEST_F(ModelsTest, ReadsTheFeelingOfAPost) {
  EXPECT_EQ(models_->PostEmotions("气死我了，什么破服务，垃圾")[0].label, "angry");
  EXPECT_EQ(models_->PostEmotions("今天太开心了哈哈哈，爱你们")[0].label, "happy");
  EXPECT_EQ(models_->PostEmotions("奶奶走了，我哭了一整夜，好难过")[0].label, "sad");
}

TEST_F(ModelsTest, GivesAnEmptyTextThePrior) {
  EXPECT_EQ(models_->Topics("").size(), TopicNames().size());
  EXPECT_EQ(models_->PostEmotions("").size(), AllPostEmotions().size());
}

TEST_F(ModelsTest, ForecastsLessSatisfactionAfterAnUnansweredComplaint) {
  const std::vector<DialogueTurn> good{{Speaker::kCaller, "你好，请问怎么查话费？"},
                                       {Speaker::kAgent, "您好，发送查询短信即可，祝您生活愉快"},
                                       {Speaker::kCaller, "好的，谢谢，已经查到了"}};
  const std::vector<DialogueTurn> bad{{Speaker::kCaller, "投诉三次了还是没有信号，垃圾服务，骗子！"},
                                      {Speaker::kAgent, "您好，请您耐心等待"},
                                      {Speaker::kCaller, "等了一个月了，没人管，太坑了"}};
  const auto mean = [](const SatisfactionForecast& forecast) {
    double sum = 0;
    for (int i = 0; i < 5; ++i) sum += (i - 2) * forecast.distribution[static_cast<std::size_t>(i)];
    return sum;
  };
  const auto happy = models_->Forecast(good, DialogueStyle::kHelpdesk);
  const auto upset = models_->Forecast(bad, DialogueStyle::kHelpdesk);
  EXPECT_GT(mean(happy), mean(upset));
  ASSERT_EQ(upset.dissatisfied.size(), bad.size());
  EXPECT_EQ(upset.dissatisfied[1], 0) << "the helpdesk's own turn";
}

TEST(LinearModelTest, NamesAFileThatIsNoModel) {
  const auto file = std::filesystem::path{testing::TempDir()} / "not-a.model";
  std::ofstream{file} << "HLLM0001 and nothing that follows";
  const auto loaded = LinearModel::Load(file);
  EXPECT_EQ(loaded.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string{loaded.status().message()}, testing::HasSubstr("not-a.model"));
}

TEST(LinearModelTest, NamesACutFile) {
  const auto whole = ModelDirectory() / "topics.model";
  const auto cut = std::filesystem::path{testing::TempDir()} / "cut.model";
  std::filesystem::copy_file(whole, cut, std::filesystem::copy_options::overwrite_existing);
  std::filesystem::resize_file(cut, std::filesystem::file_size(whole) - 1);
  EXPECT_EQ(LinearModel::Load(cut).status().code(), absl::StatusCode::kDataLoss);
}

TEST(SatisfactionTextTest, IsTheOneThatTrainingReads) {
  const std::vector<DialogueTurn> turns{
      {Speaker::kCaller, "没有信号"}, {Speaker::kAgent, "请等待"}, {Speaker::kCaller, "没有信号"}};
  EXPECT_EQ(HelpdeskText(turns), "客：没有信号\n服：请等待\n客：没有信号\n«n3»«C»");
  EXPECT_EQ(ShopText(turns, 0), "«没有信号»\n答：请等待\n前：\n后：没有信号«n0»");
  EXPECT_EQ(ShopText(turns, 2), "«没有信号»\n答：\n前：没有信号\n后：«end»«again»«n1»");
}

}  // namespace
}  // namespace hotline::language
