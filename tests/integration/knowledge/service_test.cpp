// The knowledge service on a real store and bus, between a stand-in for classification and a gRPC client.
#include <condition_variable>
#include <filesystem>
#include <mutex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hotline/classification/v1/classification_events.pb.h>
#include <hotline/knowledge/v1/knowledge_service.grpc.pb.h>

#include "knowledge/module.h"
#include "platform/bus/bus.h"
#include "platform/bus/consumer.h"
#include "platform/bus/topics.h"
#include "platform/config/config.h"
#include "platform/rpc/client.h"
#include "platform/rpc/status.h"
#include "platform/runtime/process.h"
#include "platform/store/store.h"
#include "support/store_choice.h"

namespace hotline::knowledge {
namespace {

using classification::v1::TurnUnderstood;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kQuestion = "家里暖气只有十七度，热费能退吗？";
const platform::Time kSaidAt = *platform::ParseTime("2026-03-03T09:12:00+08:00");

/// Stands in for classification: says what turns mean, hears the advice.
class Listener final : public platform::Module {
 public:
  explicit Listener(platform::Resources& resources) : resources_{resources} {}
  void Register(grpc::ServerBuilder&) override {}
  void Start() override {
    advice_ = platform::ConsumeInto(resources_.store, resources_.bus, resources_.sealer, resources_.metrics,
                                    platform::kAdviceTopic, "listener",
                                    [this](platform::Transaction&, const platform::Event& event) {
                                      const std::lock_guard lock{mutex_};
                                      heard_.emplace_back().ParseFromString(event.payload);
                                      changed_.notify_all();
                                      return absl::OkStatus();
                                    });
  }
  void Stop() override {
    if (advice_) advice_->Stop();
  }

  void Say(const TurnUnderstood& turn) {
    const absl::Status committed = resources_.store.InTransaction([&](platform::Transaction& tx) {
      tx.Publish(platform::kAssessmentsTopic, {.type = turn.GetTypeName(),
                                               .key = turn.site() + "/" + turn.call_id(),
                                               .time = kSaidAt,
                                               .payload = turn.SerializeAsString()});
      return absl::OkStatus();
    });
    ASSERT_TRUE(committed.ok()) << committed;
  }

  /// The advice given so far, once there are `count`.
  std::vector<v1::AdviceGiven> Heard(std::size_t count) {
    std::unique_lock lock{mutex_};
    if (!changed_.wait_for(lock, seconds{20}, [&] { return heard_.size() >= count; })) {
      throw std::runtime_error{"heard only " + std::to_string(heard_.size()) + " pieces of advice"};
    }
    return heard_;
  }

 private:
  platform::Resources& resources_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<v1::AdviceGiven> heard_;
  std::unique_ptr<platform::Subscription> advice_;
};

TurnUnderstood CallerTurn(int number, common::v1::Emotion emotion, const std::string& question = "") {
  TurnUnderstood turn;
  turn.set_call_id("call-1");
  turn.set_site("yunzhou");
  turn.set_region("云州市");
  turn.set_turn(number);
  turn.set_speaker(common::v1::SPEAKER_CALLER);
  turn.set_emotion(emotion);
  turn.set_open_question(question);
  turn.set_said_at_ms(kSaidAt.time_since_epoch().count());
  return turn;
}

v1::Article Heat(const std::string& id, const std::string& region, const std::string& from,
                 const std::string& to = "") {
  v1::Article article;
  article.set_article_id(id);
  article.set_title("供热管理办法：室温标准与热费");
  article.set_region(region);
  article.set_document_number("云政规〔2025〕3号");
  article.set_clause("第十八条");
  article.set_effective_from(from);
  article.set_effective_to(to);
  article.set_text("供热期内居民家里的室温不低于二十度。暖气不热、室温不达标的，按日退还热费。");
  article.add_questions("家里暖气不热热费能退吗");
  return article;
}

class KnowledgeServiceTest : public testing::Test {
 protected:
  KnowledgeServiceTest() {
    std::string name = (std::filesystem::temp_directory_path() / "hotline-knowledge-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    Start();
  }
  ~KnowledgeServiceTest() override {
    stub_.reset();
    process_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Start() {
    stub_.reset();
    process_.reset();
    const auto config =
        platform::Config::Load({}, tests::StoreOf(folder_),
                               {{"data_dir", folder_ / "data"}, {"listen", "127.0.0.1:0"}, {"metrics_listen", ""}});
    ASSERT_TRUE(config.ok()) << config.status();
    auto process = platform::Process::Start(*config, {{"classification",
                                                       [this](platform::Resources& resources) {
                                                         auto listener = std::make_unique<Listener>(resources);
                                                         listener_ = listener.get();
                                                         return listener;
                                                       }},
                                                      {"knowledge", MakeModule}});
    ASSERT_TRUE(process.ok()) << process.status();
    process_ = *std::move(process);
    stub_ = v1::KnowledgeService::NewStub(platform::MakeChannel(process_->address()));
  }

  template <typename Request, typename Response>
  absl::Status Call(grpc::Status (v1::KnowledgeService::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response& response, platform::Role role = platform::Role::kKnowledge) {
    grpc::ClientContext context;
    platform::Prepare(context, {"owner-1", role}, steady_clock::now() + seconds{20});
    return platform::FromGrpcStatus((stub_.get()->*method)(&context, request, &response));
  }

  absl::Status Import(const std::string& request_id, const std::vector<v1::Article>& articles,
                      v1::ImportArticlesResponse* answer = nullptr) {
    v1::ImportArticlesRequest request;
    request.set_request_id(request_id);
    for (const v1::Article& article : articles) *request.add_articles() = article;
    v1::ImportArticlesResponse response;
    const absl::Status status = Call(&v1::KnowledgeService::Stub::ImportArticles, request, response);
    if (answer != nullptr) *answer = response;
    return status;
  }

  v1::AskResponse Ask(const std::string& question, const std::string& as_of = "2026-03-03",
                      const std::string& call_id = "") {
    v1::AskRequest request;
    request.set_question(question);
    request.set_region("云州市");
    request.set_as_of(as_of);
    request.set_call_id(call_id);
    v1::AskResponse response;
    EXPECT_TRUE(Call(&v1::KnowledgeService::Stub::Ask, request, response, platform::Role::kAgent).ok());
    return response;
  }

  std::vector<v1::Gap> Gaps() {
    v1::ListGapsResponse response;
    EXPECT_TRUE(Call(&v1::KnowledgeService::Stub::ListGaps, v1::ListGapsRequest{}, response).ok());
    return {response.gaps().begin(), response.gaps().end()};
  }

  std::vector<v1::ServedAnswer> Served(const std::string& article_id) {
    v1::ListServedAnswersRequest request;
    request.set_article_id(article_id);
    v1::ListServedAnswersResponse response;
    EXPECT_TRUE(Call(&v1::KnowledgeService::Stub::ListServedAnswers, request, response).ok());
    return {response.answers().begin(), response.answers().end()};
  }

  std::filesystem::path folder_;
  Listener* listener_ = nullptr;
  std::unique_ptr<platform::Process> process_;
  std::unique_ptr<v1::KnowledgeService::Stub> stub_;
};

TEST_F(KnowledgeServiceTest, AnswersWithItsSourceAtOnceAndAfterARestart) {
  ASSERT_TRUE(Import("r1", {Heat("P2", "云州市", "2025-10-01")}).ok());
  for (int round = 0; round < 2; ++round) {
    const v1::AskResponse response = Ask(kQuestion);
    EXPECT_EQ(response.answer().article_id(), "P2");
    EXPECT_EQ(response.answer().document_number(), "云政规〔2025〕3号");
    EXPECT_EQ(response.answer().clause(), "第十八条");
    EXPECT_EQ(response.answer().effective_from(), "2025-10-01");
    EXPECT_FALSE(response.answer().unconfirmed());
    Start();
  }
}

TEST_F(KnowledgeServiceTest, ServesNothingThatWasRetiredHoweverHotItWas) {
  ASSERT_TRUE(Import("r1", {Heat("P2", "云州市", "2025-10-01")}).ok());
  for (int i = 0; i < 3; ++i) ASSERT_EQ(Ask(kQuestion).answer().article_id(), "P2");

  v1::RetireArticleRequest retire;
  retire.set_request_id("r2");
  retire.set_article_id("P2");
  retire.set_reason("废止");
  v1::RetireArticleResponse retired;
  ASSERT_TRUE(Call(&v1::KnowledgeService::Stub::RetireArticle, retire, retired).ok());
  EXPECT_TRUE(retired.article().retired());
  EXPECT_EQ(retired.article().version(), 2);

  const v1::AskResponse response = Ask(kQuestion);
  EXPECT_FALSE(response.has_answer());
  EXPECT_EQ(response.no_answer(), v1::NO_ANSWER_REASON_NOTHING_FOUND);
  Start();
  EXPECT_FALSE(Ask(kQuestion).has_answer());
}

TEST_F(KnowledgeServiceTest, ANewVersionAnswersFromItsFirstDayOn) {
  ASSERT_TRUE(Import("r1", {Heat("P2", "云州市", "2016-10-01")}).ok());
  v1::Article changed = Heat("P2", "云州市", "2026-06-01");
  changed.set_clause("第二十条");
  ASSERT_TRUE(Import("r2", {changed}).ok());
  EXPECT_EQ(Ask(kQuestion, "2026-05-31").answer().clause(), "第十八条");
  EXPECT_EQ(Ask(kQuestion, "2026-05-31").answer().effective_to(), "2026-05-31");
  EXPECT_EQ(Ask(kQuestion, "2026-06-01").answer().clause(), "第二十条");
}

TEST_F(KnowledgeServiceTest, TheSameAgainChangesNothing) {
  v1::ImportArticlesResponse response;
  ASSERT_TRUE(Import("r1", {Heat("P1", "海澜市", "2016-10-01"), Heat("P2", "云州市", "2025-10-01")}, &response).ok());
  EXPECT_EQ(response.published(), 2);
  ASSERT_TRUE(Import("r2", {Heat("P1", "海澜市", "2016-10-01"), Heat("P2", "云州市", "2025-10-02")}, &response).ok());
  EXPECT_EQ(response.published(), 1);
  EXPECT_EQ(response.unchanged(), 1);
}

TEST_F(KnowledgeServiceTest, AVersionNeverSaysTwoThings) {
  v1::PublishArticleRequest request;
  request.set_request_id("r1");
  *request.mutable_article() = Heat("P2", "云州市", "2025-10-01");
  v1::PublishArticleResponse response;
  ASSERT_TRUE(Call(&v1::KnowledgeService::Stub::PublishArticle, request, response).ok());
  EXPECT_EQ(response.article().version(), 1);
  request.set_request_id("r2");
  request.mutable_article()->set_version(1);
  request.mutable_article()->set_text("室温不低于十八度。");
  EXPECT_EQ(Call(&v1::KnowledgeService::Stub::PublishArticle, request, response).code(),
            absl::StatusCode::kAlreadyExists);
}

TEST_F(KnowledgeServiceTest, NamesTheFieldAndTheEntryThatIsWrongAndKeepsNothingOfTheBatch) {
  v1::Article undated = Heat("P2", "云州市", "");
  const absl::Status status = Import("r1", {Heat("P1", "云州市", "2025-10-01"), undated});
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(platform::Explain(status), HasSubstr("articles[1].effective_from"));
  EXPECT_FALSE(Ask(kQuestion).has_answer());
  EXPECT_THAT(platform::Explain(Import("r2", {Heat("P1", "云州市", "2025-10-01", "2025-09-30")})),
              HasSubstr("articles[0].effective_to"));
  EXPECT_THAT(platform::Explain(Import("r3", {Heat("P1", "", "2025-10-01"), Heat("P1", "", "2025-10-01")})),
              HasSubstr("articles[1].article_id"));
}

TEST_F(KnowledgeServiceTest, CountsTheQuestionsThatHaveNoAnswer) {
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(Ask("宇宙飞船停在哪里？").has_answer());
  EXPECT_FALSE(Ask("月球上的医保怎么报销？").has_answer());
  const auto gaps = Gaps();
  ASSERT_EQ(gaps.size(), 2U);
  EXPECT_EQ(gaps[0].question(), "宇宙飞船停在哪里？");
  EXPECT_EQ(gaps[0].times_asked(), 3);
  EXPECT_EQ(gaps[0].region(), "云州市");
}

TEST_F(KnowledgeServiceTest, AdvisesOnEveryTurnOfACallerOnceAndInOrder) {
  ASSERT_TRUE(Import("r1", {Heat("P2", "云州市", "2025-10-01")}).ok());
  TurnUnderstood agent = CallerTurn(1, common::v1::EMOTION_UNSPECIFIED);
  agent.set_speaker(common::v1::SPEAKER_AGENT);
  listener_->Say(agent);
  listener_->Say(CallerTurn(2, common::v1::EMOTION_ANGRY, kQuestion));
  listener_->Say(CallerTurn(4, common::v1::EMOTION_CALM));
  listener_->Say(CallerTurn(6, common::v1::EMOTION_CALM, "宇宙飞船停在哪里？"));

  const auto heard = listener_->Heard(3);
  ASSERT_EQ(heard.size(), 3U);
  EXPECT_EQ(heard[0].turn(), 2);
  EXPECT_EQ(heard[0].answer().article_id(), "P2");
  EXPECT_THAT(heard[0].note(), HasSubstr("先安抚"));
  EXPECT_EQ(heard[1].turn(), 4);
  EXPECT_FALSE(heard[1].has_answer());
  EXPECT_THAT(heard[1].gap(), IsEmpty());
  EXPECT_EQ(heard[2].turn(), 6);
  EXPECT_EQ(heard[2].gap(), "宇宙飞船停在哪里？");
  EXPECT_EQ(Gaps().size(), 1U);

  const auto served = Served("P2");
  ASSERT_EQ(served.size(), 1U);
  EXPECT_EQ(served[0].call_id(), "call-1");
  EXPECT_EQ(served[0].turn(), 2);
  EXPECT_EQ(served[0].article_version(), 1);
}

TEST_F(KnowledgeServiceTest, AGapNamesItsMatterAndWhatLeansOnNothingIsNone) {
  const auto say = [&](int number, const std::string& question, const std::string& matter) {
    TurnUnderstood turn = CallerTurn(number, common::v1::EMOTION_CALM, "云州市" + question);
    turn.set_matter(matter);
    listener_->Say(turn);
  };
  say(2, "要多久？", "");
  say(4, "免费的？", "");
  say(6, "要多久？", "飞船停放");
  const auto heard = listener_->Heard(3);
  ASSERT_EQ(heard.size(), 3U);
  EXPECT_THAT(heard[0].gap(), IsEmpty());
  EXPECT_THAT(heard[0].note(), HasSubstr("不要凭记忆"));
  EXPECT_THAT(heard[1].gap(), IsEmpty());
  EXPECT_EQ(heard[2].gap(), "飞船停放：要多久？");
  say(8, "宇宙飞船停在哪里？", "飞船停放");
  say(10, "宇宙飞船停在哪里？", "");
  listener_->Heard(5);
  const auto gaps = Gaps();
  ASSERT_EQ(gaps.size(), 2U);
  EXPECT_EQ(gaps[0].question(), "宇宙飞船停在哪里？");
  EXPECT_EQ(gaps[0].times_asked(), 2);
  EXPECT_EQ(gaps[1].question(), "飞船停放：要多久？");
  for (const v1::Gap& gap : gaps) {
    EXPECT_EQ(gap.matter(), "飞船停放");
    EXPECT_EQ(gap.region(), "云州市");
  }
}

TEST_F(KnowledgeServiceTest, ASitesDirectorReadsOfTheSiteAlone) {
  ASSERT_TRUE(Import("r1", {Heat("P2", "云州市", "2025-10-01")}).ok());
  listener_->Say(CallerTurn(2, common::v1::EMOTION_CALM, kQuestion));
  listener_->Say(CallerTurn(4, common::v1::EMOTION_CALM, "宇宙飞船停在哪里？"));
  listener_->Heard(2);
  const std::map<std::string, int> counts{{"", 1}, {"yunzhou", 1}, {"hailan", 0}};
  for (const auto& [site, count] : counts) {
    v1::ListGapsRequest gaps;
    gaps.set_site(site);
    v1::ListGapsResponse listed;
    EXPECT_TRUE(Call(&v1::KnowledgeService::Stub::ListGaps, gaps, listed).ok());
    EXPECT_EQ(listed.gaps_size(), count) << site;
    v1::ListServedAnswersRequest served;
    served.set_site(site);
    v1::ListServedAnswersResponse answers;
    EXPECT_TRUE(Call(&v1::KnowledgeService::Stub::ListServedAnswers, served, answers).ok());
    EXPECT_EQ(answers.answers_size(), count) << site;
  }
  v1::ListGapsRequest gaps;
  gaps.set_site("nowhere");
  v1::ListGapsResponse listed;
  EXPECT_THAT(std::string{Call(&v1::KnowledgeService::Stub::ListGaps, gaps, listed).message()},
              HasSubstr("site is not a site of this hotline"));
}

TEST_F(KnowledgeServiceTest, TheMatterFindsWhatASpokenQuestionMissesOnceInACall) {
  ASSERT_TRUE(Import("r1", {Heat("P2", "云州市", "2025-10-01")}).ok());
  const std::string spoken = "那我这个事情到底该咋弄才好？";
  for (const int number : {2, 4}) {
    TurnUnderstood turn = CallerTurn(number, common::v1::EMOTION_CALM, spoken);
    turn.set_matter("室温不达标退热费");
    listener_->Say(turn);
  }
  listener_->Say(CallerTurn(6, common::v1::EMOTION_CALM, spoken));  // Of no matter.

  const auto heard = listener_->Heard(3);
  EXPECT_EQ(heard[0].answer().article_id(), "P2");
  EXPECT_THAT(heard[0].note(), HasSubstr("按事项“室温不达标退热费”查得"));
  EXPECT_FALSE(heard[1].has_answer()) << "the agent has it";
  EXPECT_THAT(heard[1].gap(), IsEmpty());
  EXPECT_EQ(heard[2].gap(), spoken);
  EXPECT_EQ(Served("P2").size(), 1U);
}

TEST_F(KnowledgeServiceTest, AngerAndDangerAreNotToldThatThereIsNoRule) {
  listener_->Say(CallerTurn(2, common::v1::EMOTION_ANGRY, "有人问过我一句吗？"));
  TurnUnderstood danger = CallerTurn(4, common::v1::EMOTION_SAD, "我走了孩子归谁养？");
  danger.add_evidence()->set_code("EMERGENCY");
  listener_->Say(danger);
  for (const v1::AdviceGiven& advice : listener_->Heard(2)) {
    EXPECT_THAT(advice.gap(), IsEmpty());
    EXPECT_THAT(advice.note(), IsEmpty());
  }
  EXPECT_THAT(Gaps(), IsEmpty());
}

TEST_F(KnowledgeServiceTest, AdviceKeepsToTheDayAndTheCityOfTheCall) {
  ASSERT_TRUE(Import("r1", {Heat("old", "云州市", "2016-10-01", "2025-09-30"), Heat("hailan", "海澜市", "2016-10-01"),
                            Heat("coming", "云州市", "2026-03-04")})
                  .ok());
  listener_->Say(CallerTurn(2, common::v1::EMOTION_CALM, kQuestion));
  const v1::AdviceGiven advice = listener_->Heard(1).front();
  EXPECT_FALSE(advice.has_answer());
  EXPECT_EQ(advice.gap(), kQuestion);
  EXPECT_THAT(Served(""), IsEmpty());
}

TEST_F(KnowledgeServiceTest, NoPhraseComesTwiceInACall) {
  v1::ImportPhrasesRequest request;
  request.set_request_id("r1");
  for (const char* id : {"F1", "F2"}) {
    v1::Phrase& phrase = *request.add_phrases();
    phrase.set_phrase_id(id);
    phrase.set_situation("安抚情绪");
    phrase.set_emotion(common::v1::EMOTION_ANGRY);
    phrase.set_text(std::string{"您先说，我在听。"} + id);
  }
  v1::ImportPhrasesResponse imported;
  ASSERT_TRUE(Call(&v1::KnowledgeService::Stub::ImportPhrases, request, imported).ok());
  for (const int turn : {2, 4, 6}) listener_->Say(CallerTurn(turn, common::v1::EMOTION_ANGRY));
  const auto heard = listener_->Heard(3);
  EXPECT_EQ(heard[0].phrase().phrase_id(), "F1");
  EXPECT_EQ(heard[1].phrase().phrase_id(), "F2");
  EXPECT_FALSE(heard[2].has_phrase());
}

TEST_F(KnowledgeServiceTest, AgentsAskAndOnlyOwnersPublish) {
  v1::ImportArticlesRequest request;
  request.set_request_id("r1");
  *request.add_articles() = Heat("P2", "云州市", "2025-10-01");
  v1::ImportArticlesResponse response;
  EXPECT_EQ(Call(&v1::KnowledgeService::Stub::ImportArticles, request, response, platform::Role::kAgent).code(),
            absl::StatusCode::kPermissionDenied);
  v1::GetArticleRequest get;
  get.set_article_id("P2");
  v1::GetArticleResponse got;
  EXPECT_EQ(Call(&v1::KnowledgeService::Stub::GetArticle, get, got, platform::Role::kAgent).code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace hotline::knowledge
