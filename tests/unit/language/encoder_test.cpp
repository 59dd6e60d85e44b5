// The encoder: it cuts texts as the original tokenizer does, answers what training computed, and names a bad file.
#include "language/encoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <numeric>
#include <thread>

#include <nlohmann/json.hpp>

#include "language/model_file.h"
#include "language/models.h"
#include "language/text.h"
#include "support/model_folder.h"

namespace hotline::language {
namespace {

using std::chrono::milliseconds;

std::filesystem::path ModelFile() { return ModelDirectory() / "encoder.model"; }

enum class Told { kTexts, kTurns, kOpenings };

/// What training/export_encoder computed with the original tokenizer and without this program: of texts, of turns with
/// what was heard before them, or of openings of calls.
std::vector<nlohmann::json> Golden(Told wanted = Told::kTexts) {
  std::vector<nlohmann::json> golden;
  for (nlohmann::json& one : nlohmann::json::parse(std::ifstream{ModelDirectory() / "encoder_golden.json"})) {
    const Told told = one.contains("opening") ? Told::kOpenings : one.contains("before") ? Told::kTurns : Told::kTexts;
    if (told == wanted) golden.push_back(std::move(one));
  }
  return golden;
}

std::string Vocabulary() {
  const auto bytes = ReadModelFile(ModelFile());
  if (!bytes.ok()) throw std::runtime_error{bytes.status().ToString()};
  ModelReader reader{*bytes};
  const auto header = reader.Header("HLEN0001");
  if (!header.ok()) throw std::runtime_error{header.status().ToString()};
  return std::string{reader.Take(header->at("vocabulary_bytes"))};
}

class WordPieceTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(ModelFile())) GTEST_SKIP() << "no " << ModelFile() << ", which has the vocabulary";
  }
};

TEST_F(WordPieceTest, CutsTextsAsTheOriginalDoes) {
  const auto word_piece = WordPiece::Parse(Vocabulary());
  ASSERT_TRUE(word_piece.ok()) << word_piece.status();
  const std::vector<nlohmann::json> golden = Golden();
  ASSERT_GT(golden.size(), 15U);
  for (const nlohmann::json& one : golden) {
    EXPECT_EQ((*word_piece)->Tokens(one.at("text").get<std::string>(), 100'000),
              one.at("tokens").get<std::vector<std::int64_t>>())
        << one.at("text");
  }
}

TEST_F(WordPieceTest, CutsALongTextsEndAndKeepsTheLastToken) {
  const auto word_piece = *WordPiece::Parse(Vocabulary());
  std::string text;
  for (int i = 0; i < 500; ++i) text += "水";
  const auto whole = word_piece->Tokens(text, 1000);
  const auto cut = word_piece->Tokens(text, 160);
  EXPECT_EQ(whole.size(), 502U);
  ASSERT_EQ(cut.size(), 160U);
  EXPECT_EQ(cut.front(), whole.front());
  EXPECT_EQ(cut.back(), whole.back());
  EXPECT_TRUE(std::equal(cut.begin(), cut.end() - 1, whole.begin()));
}

TEST_F(WordPieceTest, TakesNoSpecialTokenFromAText) {
  const auto word_piece = *WordPiece::Parse(Vocabulary());
  const auto tokens = word_piece->Tokens("[SEP]", 100);
  EXPECT_EQ(std::count(tokens.begin(), tokens.end(), tokens.back()), 1);
}

TEST(WordPieceFileTest, RefusesAVocabularyWithoutItsSpecialTokens) {
  EXPECT_EQ(WordPiece::Parse("[CLS]\n[SEP]\n水").status().code(), absl::StatusCode::kDataLoss);
}

TEST(WithPlainLettersTest, MakesLettersAndDigitsPlainAndKeepsPunctuation) {
  EXPECT_EQ(WithPlainLetters("ＷｉＦｉ，１２３４５！App, ②号"), "wifi，12345！app, 2号");
}

class EncoderTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!Inference::Available()) GTEST_SKIP() << "a build without OpenVINO";
    if (!std::filesystem::exists(ModelFile())) GTEST_SKIP() << "no " << ModelFile();
  }
  static const Models& WithEncoder() {
    static const auto models = Models::Load(ModelDirectory());
    if (!models.ok()) throw std::runtime_error{models.status().ToString()};
    return **models;
  }
  /// A folder with the linear models, and this as encoder.model.
  static std::filesystem::path ModelsWith(const std::string& name, std::string_view encoder) {
    const auto folder = std::filesystem::path{testing::TempDir()} / name;
    std::filesystem::create_directories(folder);
    for (const char* file : {"topics.model", "post_emotion.model", "helpdesk.model", "shop.model"}) {
      std::filesystem::copy_file(ModelDirectory() / file, folder / file,
                                 std::filesystem::copy_options::overwrite_existing);
    }
    std::ofstream{folder / "encoder.model", std::ios::binary} << encoder;
    return folder;
  }
};

std::vector<double> InOrder(const std::vector<Scored>& ranked, const auto& labels) {
  std::vector<double> probabilities;
  for (const std::string_view label : labels) {
    const auto found = std::find_if(ranked.begin(), ranked.end(), [&](const Scored& s) { return s.label == label; });
    probabilities.push_back(found == ranked.end() ? -1 : found->probability);
  }
  return probabilities;
}

TEST_F(EncoderTest, AnswersWhatTrainingComputes) {
  // Processors round differently in eight bits.
  constexpr double kClose = 0.05;
  const std::vector<std::string_view> emotions{"neutral", "angry", "happy", "sad", "fear", "surprise"};
  for (const nlohmann::json& one : Golden()) {
    const auto text = one.at("text").get<std::string>();
    if (text != Simplified(text)) continue;  // Training does not know traditional characters.
    EXPECT_THAT(InOrder(WithEncoder().Topics(text), TopicNames()),
                testing::Pointwise(testing::DoubleNear(kClose), one.at("topics").get<std::vector<double>>()))
        << text;
    EXPECT_THAT(InOrder(WithEncoder().PostEmotions(text), emotions),
                testing::Pointwise(testing::DoubleNear(kClose), one.at("post_emotion").get<std::vector<double>>()))
        << text;
  }
}

TEST_F(EncoderTest, IsStampedBesideTheLinearHeads) {
  const auto of_calls = LinearModel::Load(ModelDirectory() / "call_topic.model");
  ASSERT_TRUE(of_calls.ok());
  EXPECT_THAT(WithEncoder().version(), testing::HasSubstr((*of_calls)->version()));
  EXPECT_THAT(WithEncoder().version(), testing::MatchesRegex("encoder-.*\\+linear-.*"));
  EXPECT_EQ(WithEncoder().ReadTurn({"路灯不亮"}).model, WithEncoder().version());
}

constexpr std::size_t kTurnTokens = 96;  // What training reads of a turn.

/// To what training computed of one: log-odds, in eight bits on another processor.
auto CloseTo(const nlohmann::json& one, const char* task) {
  constexpr double kClose = 0.6;
  return testing::Pointwise(testing::DoubleNear(kClose), one.at(task).get<std::vector<double>>());
}

TEST_F(EncoderTest, SaysOfATurnWhatTrainingComputes) {
  int compared = 0;
  for (const nlohmann::json& one : Golden()) {
    const auto text = one.at("text").get<std::string>();
    if (text != Simplified(text) || one.at("tokens").size() >= kTurnTokens) continue;
    const Models::TurnReading read = WithEncoder().ReadTurn({text});
    ASSERT_TRUE(read.emotion && read.concern);
    EXPECT_THAT(read.emotion->scores, CloseTo(one, "turn_emotion")) << text;
    EXPECT_THAT(read.concern->scores, CloseTo(one, "concern")) << text;
    const Models::KindReading kind = WithEncoder().ReadKind(text);
    ASSERT_TRUE(kind.kind);
    EXPECT_THAT(kind.kind->scores, CloseTo(one, "call_kind")) << text;
    ++compared;
  }
  EXPECT_GE(compared, 12);
}

TEST_F(EncoderTest, HearsATurnAfterWhatCameBefore) {
  const auto encoder = *Encoder::Load(ModelFile(), {.requests = 1});
  int compared = 0;
  for (const nlohmann::json& one : Golden(Told::kTurns)) {
    const auto text = one.at("text").get<std::string>();
    const auto before = one.at("before").get<std::vector<std::string>>();
    const TurnInCall turn{text, before.at(0), before.at(1)};
    const TurnTokens tokens = encoder->TokensOf(turn, EncoderTask::kTopics);
    EXPECT_EQ(tokens.all, one.at("tokens").get<std::vector<std::int64_t>>()) << text;
    EXPECT_EQ(tokens.own, encoder->Tokens(text, EncoderTask::kTopics).size());
    const Models::TurnReading read = WithEncoder().ReadTurn(turn);
    EXPECT_EQ(read.concern.has_value(), tokens.own < kTurnTokens) << "the turn's own length decides";
    if (!read.concern) continue;
    EXPECT_THAT(read.emotion->scores, CloseTo(one, "turn_emotion")) << text;
    EXPECT_THAT(read.concern->scores, CloseTo(one, "concern")) << text;
    EXPECT_NE(read.concern->scores, WithEncoder().ReadTurn({text}).concern->scores) << text;
    ++compared;
  }
  EXPECT_GE(compared, 4);
}

TEST_F(EncoderTest, HearsHowACallBegins) {
  const auto encoder = *Encoder::Load(ModelFile(), {.requests = 1});
  const std::vector<nlohmann::json> golden = Golden(Told::kOpenings);
  ASSERT_EQ(golden.size(), 3U);
  for (const nlohmann::json& one : golden) {
    const auto marked = one.at("opening").get<std::vector<std::string>>();
    std::vector<OpeningTurn> turns;
    for (const std::string& turn : marked) {
      const std::string_view mark = std::string_view{turn}.substr(0, std::string_view{"问："}.size());
      turns.push_back({.speaker = mark == "问：" ? Speaker::kAgent : Speaker::kCaller,
                       .text = std::string_view{turn}.substr(mark.size())});
    }
    const std::vector<std::int64_t> tokens = encoder->TokensOf(turns);
    EXPECT_EQ(tokens, one.at("tokens").get<std::vector<std::int64_t>>()) << marked.front();
    const Models::OpeningReading read = WithEncoder().ReadOpening(turns);
    ASSERT_TRUE(read.soothed);
    EXPECT_EQ(read.model, WithEncoder().version());
    const std::vector<double> said{read.soothed->nobody_upset, read.soothed->soothed, read.soothed->explained};
    EXPECT_THAT(said, CloseTo(one, "soothed")) << marked.front();
  }
  EXPECT_FALSE(WithEncoder().ReadOpening({}).soothed);
}

TEST_F(EncoderTest, HearsWhatAnAgentDoes) {
  const std::vector<std::string_view> sentences{"家里泡成这样，换谁都着急，让您久等了。", "请问您是哪个小区？",
                                                "跟您确认一下，您是反映楼上漏水，对吗？", "你爱找谁找谁去。"};
  const Models::ActsReading read = WithEncoder().ReadActs(sentences);
  ASSERT_EQ(read.sentences.size(), sentences.size());
  EXPECT_EQ(read.model, WithEncoder().version());
  std::vector<std::string_view> acts;
  std::vector<std::string_view> faults;
  for (const Models::ActsReading::Sentence& sentence : read.sentences) {
    acts.push_back(sentence.acts.front().label);
    faults.push_back(sentence.faults.front().label);
  }
  EXPECT_THAT(acts, testing::ElementsAre("soothe", "ask", "restate", "cold"));
  EXPECT_THAT(faults, testing::ElementsAre("none", "none", "none", "forbidden_phrase"));
  EXPECT_TRUE(WithEncoder().ReadActs({}).sentences.empty());
}

TEST_F(EncoderTest, TellsOfTheCourseOfACallWhatTrainingComputes) {
  const auto call = nlohmann::json::parse(std::ifstream{ModelDirectory() / "call_course_golden.json"});
  std::string heard[2];  // The caller's last turn, and the agent's since.
  int callers = 0;
  for (const nlohmann::json& turn : call) {
    const std::string text = turn.at("text");
    if (!turn.contains("course")) {
      heard[1] = text;
      continue;
    }
    const Models::TurnReading read = WithEncoder().ReadTurn({text, heard[0], heard[1]});
    const auto wanted = turn.at("course").get<std::vector<double>>();
    // Training reads in floats what this reads in eight bits; a wrong turn before, or none, moves half of them by more.
    EXPECT_THAT(read.course, testing::Pointwise(testing::DoubleNear(.25), wanted)) << text;
    heard[0] = text;
    heard[1].clear();
    ++callers;
  }
  EXPECT_EQ(callers, 3);
  EXPECT_TRUE(WithEncoder().ReadTurn({"您好"}, Readers::kLinearHeads).course.empty());
}

/// Of the models that read one state each: what they need, and what they are stamped with.
class ReaderOfStateTest : public EncoderTest, public testing::WithParamInterface<const char*> {};

TEST_P(ReaderOfStateTest, IsOfThisEncoderOrRefusedAndMayBeAbsent) {
  const tests::ModelFolder folder;
  for (const char* file : {"encoder.model", GetParam()})
    std::filesystem::copy_file(ModelDirectory() / file, folder.path() / file);
  const auto models = Models::Load(folder.path());
  ASSERT_TRUE(models.ok()) << models.status();
  folder.Stamp(GetParam(), "stamp-1999.12.31");
  EXPECT_THAT((*Models::Load(folder.path()))->version(), testing::HasSubstr("+stamp-1999.12.31+"));
  folder.Stamp("encoder.model", "encoder-1999.12.31");
  EXPECT_THAT(std::string{Models::Load(folder.path()).status().message()},
              testing::AllOf(testing::HasSubstr(GetParam()), testing::HasSubstr("encoder-1999.12.31")));
  std::filesystem::remove(folder.path() / GetParam());
  const auto without = Models::Load(folder.path());
  ASSERT_TRUE(without.ok()) << without.status();
  const std::string_view sentence = "您好";
  EXPECT_TRUE((*without)->ReadActs({&sentence, 1}).sentences.empty());
  EXPECT_TRUE((*without)->ReadActs({&sentence, 1}).model.empty());
  EXPECT_TRUE((*without)->ReadTurn({sentence}).course.empty());
  EXPECT_TRUE((*without)->course_version().empty());
}

INSTANTIATE_TEST_SUITE_P(Each, ReaderOfStateTest,
                         testing::Values("agent_act_encoder.model", "agent_fault_encoder.model", "call_course.model"),
                         [](const auto& model) { return std::string{model.param}.substr(0, 10); });

const std::vector<DialogueTurn> kDialogue{{Speaker::kCaller, "投诉三次了还是没有信号"},
                                          {Speaker::kAgent, "您好，请您耐心等待"},
                                          {Speaker::kCaller, "等了一个月了，没人管，太坑了"}};

TEST_F(EncoderTest, ForecastsWholeDialoguesByTheStatesOfTheirLastTurns) {
  const SatisfactionForecast forecast = WithEncoder().Forecast(kDialogue, DialogueStyle::kHelpdesk);
  EXPECT_NEAR(std::accumulate(forecast.distribution.begin(), forecast.distribution.end(), 0.0), 1.0, 1e-9);
  EXPECT_THAT(WithEncoder().ForecastVotes(kDialogue),
              testing::Not(testing::Pointwise(testing::DoubleNear(1e-6), forecast.distribution)))
      << "a live turn's forecast rests on the linear heads alone";
  const auto encoder = *Encoder::Load(ModelFile(), {.requests = 1});
  EXPECT_EQ(encoder->State("路灯不亮", milliseconds{1'000})->size(), kStateSize);
}

TEST_F(EncoderTest, DialoguesHaveTheForecastThatTrainingComputesOfTheirStates) {
  constexpr double kClose = 0.005;  // Bytes are multiplied otherwise on processors of another kind: seen .001.
  const auto golden = nlohmann::json::parse(std::ifstream{ModelDirectory() / "golden.json"}).at("dialogues");
  ASSERT_FALSE(golden.empty());
  for (const nlohmann::json& one : golden) {
    std::vector<DialogueTurn> turns;
    for (const nlohmann::json& turn : one.at("turns"))
      turns.push_back({turn.at("speaker") == "caller" ? Speaker::kCaller : Speaker::kAgent, turn.at("text")});
    const SatisfactionForecast forecast = WithEncoder().Forecast(turns, DialogueStyle::kCall);
    EXPECT_THAT(forecast.distribution,
                testing::Pointwise(testing::DoubleNear(kClose), one.at("helpdesk_encoder").get<std::vector<double>>()))
        << one.at("turns");
    std::vector<double> dissatisfied;
    for (std::size_t i = 0; i < turns.size(); ++i) {
      if (turns[i].speaker == Speaker::kCaller) dissatisfied.push_back(forecast.dissatisfied[i]);
    }
    EXPECT_THAT(dissatisfied, testing::Pointwise(testing::DoubleNear(kClose),
                                                 one.at("dissatisfied_encoder").get<std::vector<double>>()))
        << one.at("turns");
  }
}

TEST_F(EncoderTest, RefusesForecastsThatWereTrainedOnAnotherEncoder) {
  const tests::ModelFolder folder;
  for (const char* file : {"encoder.model", "helpdesk_encoder.model", "shop_encoder.model"})
    std::filesystem::copy_file(ModelDirectory() / file, folder.path() / file);
  ASSERT_TRUE(Models::Load(folder.path()).ok());
  folder.Stamp("encoder.model", "encoder-1999.12.31");
  const absl::Status refused = Models::Load(folder.path()).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string{refused.message()},
              testing::AllOf(testing::HasSubstr("helpdesk_encoder.model"), testing::HasSubstr("encoder-1999.12.31")));
  std::filesystem::remove(folder.path() / "helpdesk_encoder.model");
  EXPECT_THAT(std::string{Models::Load(folder.path()).status().message()},
              testing::HasSubstr("helpdesk_encoder.model"));
  std::filesystem::remove(folder.path() / "shop_encoder.model");
  const auto without = Models::Load(folder.path());
  ASSERT_TRUE(without.ok()) << without.status();
  EXPECT_EQ((*without)->Forecast(kDialogue, DialogueStyle::kCall).distribution, (*without)->ForecastVotes(kDialogue));
}

TEST_F(EncoderTest, IsSparedWhereTheLinearHeadsReadAlone) {
  const Models::TurnReading read = WithEncoder().ReadTurn({"公司拖欠工资"}, Readers::kLinearHeads);
  EXPECT_EQ(read.model, WithEncoder().linear_version());
  EXPECT_FALSE(read.emotion);
  EXPECT_FALSE(WithEncoder().ReadKind("公司拖欠工资", Readers::kLinearHeads).kind);
  const OpeningTurn said{.speaker = Speaker::kAgent, .text = "您好"};
  EXPECT_FALSE(WithEncoder().ReadOpening({&said, 1}, Readers::kLinearHeads).soothed);
  const std::string_view sentence = "您好";
  EXPECT_TRUE(WithEncoder().ReadActs({&sentence, 1}, Readers::kLinearHeads).sentences.empty());
}

TEST_F(EncoderTest, LeavesTheFeelingOfALongTextToTheLinearHeads) {
  std::string letter;
  for (int i = 0; i < 14; ++i) letter += "工厂夜里偷排污水。";  // Between what turns and topics read.
  const Models::TurnReading read = WithEncoder().ReadTurn({letter});
  EXPECT_FALSE(read.emotion);
  EXPECT_FALSE(read.concern);
  EXPECT_EQ(read.model, WithEncoder().version());
}

TEST_F(EncoderTest, ReadsTraditionalCharactersAsSimplifiedOnes) {
  const auto encoder = *Encoder::Load(ModelFile(), {.requests = 1});
  EXPECT_EQ(encoder->Tokens("社區電梯壞了", EncoderTask::kTopics),
            encoder->Tokens("社区电梯坏了", EncoderTask::kTopics));
}

TEST_F(EncoderTest, SaysTheSameHoweverManyAsk) {
  std::vector<std::string> texts;  // More than are remembered.
  for (int i = 0; i < 25; ++i) {
    for (const char* const text : {"路灯不亮", "公司拖欠工资不签合同\n社保也没有交", "化工厂夜里偷排污水"})
      texts.push_back(std::to_string(i) + text);
  }
  std::vector<std::vector<double>> alone;
  for (const auto& text : texts) alone.push_back(InOrder(WithEncoder().Topics(text), TopicNames()));
  std::vector<std::jthread> callers;
  for (std::size_t caller = 0; caller < 6; ++caller) {
    callers.emplace_back([&, caller] {
      for (std::size_t i = 0; i < texts.size(); ++i) {
        const std::size_t at = (i + 12 * caller) % texts.size();
        EXPECT_EQ(InOrder(WithEncoder().Topics(texts[at]), TopicNames()), alone[at]);
      }
    });
  }
}

TEST_F(EncoderTest, LeavesALiveTurnToTheLinearHeadsWhenItIsBusy) {
  const auto busy = *Models::Load(ModelDirectory(), {.requests = 1, .patience = milliseconds{0}});
  std::atomic<bool> degraded{false};
  std::vector<std::jthread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&, caller] {
      for (int i = 0; i < 20'000 && !degraded; ++i) {
        const auto soon = busy->ReadTurn({"公司拖欠工资不签合同，社保也没有交" + std::to_string(4 * i + caller)});
        EXPECT_FALSE(soon.topics.empty());
        if (soon.model != busy->version()) {
          EXPECT_EQ(soon.model, busy->linear_version());
          degraded = true;
        }
      }
    });
  }
  callers.clear();
  EXPECT_TRUE(degraded) << "four callers of one request never met";
}

TEST_F(EncoderTest, IsNotNeeded) {
  const auto folder = ModelsWith("linear-only", "");
  std::filesystem::remove(folder / "encoder.model");
  const auto models = Models::Load(folder);
  ASSERT_TRUE(models.ok()) << models.status();
  EXPECT_FALSE((*models)->has_encoder());
  EXPECT_EQ((*models)->version(), (*models)->linear_version());
  EXPECT_EQ((*models)->ReadTurn({"公司拖欠工资"}).model, (*models)->linear_version());
  EXPECT_EQ((*models)->Topics("公司拖欠工资不签合同\n社保也没有交")[0].label, "劳动和社会保障");
}

TEST_F(EncoderTest, NamesADamagedFile) {
  std::string bytes = *ReadModelFile(ModelFile());
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  const auto damaged = Models::Load(ModelsWith("damaged", bytes));
  EXPECT_EQ(damaged.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string{damaged.status().message()}, testing::HasSubstr("damaged/encoder.model"));
  EXPECT_THAT(std::string{damaged.status().message()}, testing::HasSubstr("checksum"));
}

TEST_F(EncoderTest, NamesACutFile) {
  const std::string bytes = *ReadModelFile(ModelFile());
  const auto cut = Models::Load(ModelsWith("cut", std::string_view{bytes}.substr(0, bytes.size() - 1)));
  EXPECT_EQ(cut.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string{cut.status().message()}, testing::HasSubstr("cut/encoder.model"));
}

TEST_F(EncoderTest, NamesAFileThatIsNoModel) {
  const auto other = Models::Load(ModelsWith("other", "not a model"));
  EXPECT_EQ(other.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string{other.status().message()}, testing::HasSubstr("other/encoder.model"));
}

TEST(EncoderFileTest, NamesAMissingFile) {
  const auto missing = Encoder::Load("/nowhere/encoder.model");
  EXPECT_EQ(missing.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string{missing.status().message()}, testing::HasSubstr("/nowhere/encoder.model"));
}

}  // namespace
}  // namespace hotline::language
