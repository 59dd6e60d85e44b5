// The shipped models on sentences of our own: they load, they rank, they explain, and a bad file is named.
#include "language/models.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <numeric>

#include <nlohmann/json.hpp>

#include "support/model_folder.h"

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

TEST_F(ModelsTest, ReadsWhoLeadsAndTheTopicOfAWholeCall) {
  const auto read = models_->ReadDispatch(
      "您好，热线，请讲。\n工地上干了三个月，老板一分钱工钱没给，我们都是外地来的。\n您签合同了吗？\n没签，就记了工。");
  ASSERT_FALSE(read.topics.empty());
  ASSERT_FALSE(read.departments.empty());
  EXPECT_EQ(read.topics[0].label, "劳动和社会保障");
  EXPECT_EQ(read.departments[0].label, "人力资源和社会保障局");
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

/// What training/golden computed from the same files without this program.
class GoldenTest : public ModelsTest {
 protected:
  static nlohmann::json Golden() { return nlohmann::json::parse(std::ifstream{ModelDirectory() / "golden.json"}); }
};

/// The probability of each label of `ranked`, in the order of `labels`.
std::vector<double> InOrder(const std::vector<Scored>& ranked, const auto& labels) {
  std::vector<double> probabilities;
  for (const std::string_view label : labels) {
    const auto found = std::find_if(ranked.begin(), ranked.end(), [&](const Scored& s) { return s.label == label; });
    probabilities.push_back(found == ranked.end() ? -1 : found->probability);
  }
  return probabilities;
}

constexpr double kSame = 1e-9;

TEST_F(GoldenTest, TextsHaveTheProbabilitiesThatTrainingComputes) {
  const nlohmann::json golden = Golden();
  const auto topics = *LinearModel::Load(ModelDirectory() / "topics.model");
  const auto post_emotion = *LinearModel::Load(ModelDirectory() / "post_emotion.model");
  ASSERT_FALSE(golden.at("texts").empty());
  for (const nlohmann::json& one : golden.at("texts")) {
    const auto text = one.at("text").get<std::string>();
    const std::vector<std::string_view> emotions{"neutral", "angry", "happy", "sad", "fear", "surprise"};
    EXPECT_THAT(InOrder(post_emotion->Rank(text), emotions),
                testing::Pointwise(testing::DoubleNear(kSame), one.at("post_emotion").get<std::vector<double>>()))
        << text;
    EXPECT_THAT(InOrder(topics->Rank(text), TopicNames()),
                testing::Pointwise(testing::DoubleNear(kSame), one.at("topics").get<std::vector<double>>()))
        << text;
  }
}

TEST_F(GoldenTest, DialoguesHaveTheForecastThatTrainingComputes) {
  const nlohmann::json golden = Golden();
  ASSERT_FALSE(golden.at("dialogues").empty());
  const tests::ModelFolder folder;  // No encoder is in it.
  const auto linear = *Models::Load(folder.path());
  for (const nlohmann::json& one : golden.at("dialogues")) {
    std::vector<DialogueTurn> turns;
    for (const nlohmann::json& turn : one.at("turns")) {
      turns.push_back({turn.at("speaker") == "caller" ? Speaker::kCaller : Speaker::kAgent, turn.at("text")});
    }
    const SatisfactionForecast forecast = linear->Forecast(turns, DialogueStyle::kCall);
    EXPECT_THAT(linear->ForecastVotes(turns), testing::ElementsAreArray(forecast.distribution));
    EXPECT_THAT(forecast.distribution,
                testing::Pointwise(testing::DoubleNear(kSame), one.at("helpdesk").get<std::vector<double>>()))
        << one.at("turns");
    std::vector<double> dissatisfied;
    for (std::size_t i = 0; i < turns.size(); ++i) {
      if (turns[i].speaker == Speaker::kCaller) dissatisfied.push_back(forecast.dissatisfied[i]);
    }
    EXPECT_THAT(dissatisfied,
                testing::Pointwise(testing::DoubleNear(kSame), one.at("dissatisfied").get<std::vector<double>>()))
        << one.at("turns");
  }
}

TEST(ShopFeaturesTest, ReadsTheTurnAndWhatTheCustomerSaysNearby) {
  std::vector<DialogueTurn> turns;
  for (int i = 0; i < 14; ++i) {
    turns.push_back({Speaker::kCaller, "c" + std::to_string(i)});
    turns.push_back({Speaker::kAgent, "a" + std::to_string(i)});
  }
  const auto encoded = [&](std::size_t customers) {
    return ShopFeatures(turns, TurnEmotions(turns.size()), 2 * customers).encoded;
  };
  using Texts = std::vector<std::string>;
  EXPECT_THAT(encoded(0), testing::ElementsAre(Texts{"c0"}, Texts{"c0", "c1", "c2", "c3", "c4", "c5"}));
  EXPECT_THAT(encoded(6), testing::ElementsAre(
                              Texts{"c6"}, Texts{"c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "c10", "c11"}));
  EXPECT_THAT(encoded(13), testing::ElementsAre(Texts{"c13"}, Texts{"c8", "c9", "c10", "c11", "c12", "c13"}));
}

TEST_F(ModelsTest, ForecastsADialogueWithoutTurns) {
  const SatisfactionForecast forecast = models_->Forecast({}, DialogueStyle::kCall);
  EXPECT_NEAR(std::accumulate(forecast.distribution.begin(), forecast.distribution.end(), 0.0), 1.0, 1e-9);
  EXPECT_TRUE(forecast.dissatisfied.empty());
}

TEST(DialogueModelTest, NamesACutFile) {
  const auto whole = ModelDirectory() / "shop.model";
  const auto cut = std::filesystem::path{testing::TempDir()} / "cut-shop.model";
  std::filesystem::copy_file(whole, cut, std::filesystem::copy_options::overwrite_existing);
  std::filesystem::resize_file(cut, std::filesystem::file_size(whole) - 1);
  EXPECT_EQ(DialogueModel::Load(cut).status().code(), absl::StatusCode::kDataLoss);
}

TEST(DialogueModelTest, RefusesAModelOfAnotherKind) {
  EXPECT_EQ(DialogueModel::Load(ModelDirectory() / "topics.model").status().code(), absl::StatusCode::kDataLoss);
}

const TurnEmotions kNoFeeling{{1, 0, 0, 0, 0, 0}, {}, {0, 1, 0, 0, 0, 0}};

TEST(DialogueFeaturesTest, AHelpdeskDialogueIsReadByWhoSaidWhat) {
  const std::vector<DialogueTurn> turns{
      {Speaker::kCaller, "没有信号"}, {Speaker::kAgent, "请等待"}, {Speaker::kCaller, "还没有？"}};
  const DialogueFeatures features = HelpdeskFeatures(turns, kNoFeeling);
  EXPECT_THAT(features.texts, testing::ElementsAre("没有信号\n还没有？", "请等待", "还没有？", "还没有？", "还没有？C",
                                                   "请等待", "没有信号"));
  EXPECT_EQ(features.numbers[0], 1) << "the caller speaks last";
  EXPECT_EQ(features.numbers[1], 2) << "turns of the caller";
}

TEST(DialogueFeaturesTest, ARepeatedQuestionIsSeen) {
  const std::vector<DialogueTurn> turns{
      {Speaker::kCaller, "没有信号"}, {Speaker::kAgent, "请等待"}, {Speaker::kCaller, "没有信号"}};
  constexpr std::size_t kRepeated = 3;
  EXPECT_EQ(ShopFeatures(turns, kNoFeeling, 0).numbers[kRepeated], 0);
  EXPECT_EQ(ShopFeatures(turns, kNoFeeling, 2).numbers[kRepeated], 1);
  EXPECT_THAT(ShopFeatures(turns, kNoFeeling, 2).texts, testing::ElementsAre("没有信号", "没有信号", ""));
}

}  // namespace
}  // namespace hotline::language
