// ClassificationService on the wire: what it answers, and what it refuses by name.
#include <algorithm>
#include <numeric>

#include <gmock/gmock.h>

#include "classification_fixture.h"

namespace hotline::classification {
namespace {

using testing::AnyOf;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

using Stub = v1::ClassificationService::Stub;

double Sum(const v1::ScoredLabels& labels) {
  return std::accumulate(labels.labels().begin(), labels.labels().end(), 0.0,
                         [](double sum, const v1::ScoredLabel& label) { return sum + label.probability(); });
}

class ServiceTest : public ClassificationTest {
 protected:
  template <typename Request, typename Response>
  void ExpectRefused(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                     const Request& request, const std::string& field) {
    Response response;
    const absl::Status status = Ask(method, request, response);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(platform::Explain(status), HasSubstr(field));
  }
};

TEST_F(ServiceTest, UnderstandsATextAsALetterAndKeepsNothing) {
  v1::ClassifyTextRequest request;
  request.set_title("夜里施工太吵");
  request.set_text("东湖路工地每天半夜施工，吵得睡不着，我要投诉，找了三次没人管。");
  v1::ClassifyTextResponse response;
  ASSERT_TRUE(Ask(&Stub::ClassifyText, request, response).ok());
  EXPECT_EQ(response.understood().kind(), common::v1::CASE_KIND_COMPLAINT);
  EXPECT_EQ(response.understood().title(), "夜里施工太吵");
  EXPECT_THAT(response.understood().departments(), Not(IsEmpty()));
  EXPECT_THAT(response.kinds(), Not(IsEmpty()));
  EXPECT_NE(response.emotion(), common::v1::EMOTION_UNSPECIFIED);
  EXPECT_THAT(response.model(), Not(IsEmpty()));
  std::int64_t rows = -1;
  ASSERT_TRUE(store()
                  .Read([&](platform::Session& session) {
                    rows = session.Query("SELECT COUNT(*) FROM understood_turns").front().Int(0);
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_EQ(rows, 0);
  ExpectRefused(&Stub::ClassifyText, v1::ClassifyTextRequest{}, "text");
}

TEST_F(ServiceTest, RanksTopicsAmongThoseThatWereAskedFor) {
  v1::ClassifyTopicsRequest request;
  request.add_texts("公交车总是晚点，末班车太早");
  request.add_texts("");
  request.add_among("交通运输");
  request.add_among("环境保护");
  v1::ClassifyTopicsResponse response;
  ASSERT_TRUE(Ask(&Stub::ClassifyTopics, request, response).ok());
  ASSERT_THAT(response.results(), SizeIs(2)) << "an empty text has its row too";
  EXPECT_EQ(response.results(0).labels(0).label(), "交通运输");
  for (const v1::ScoredLabels& ranked : response.results()) {
    ASSERT_THAT(ranked.labels(), SizeIs(2));
    EXPECT_GE(ranked.labels(0).probability(), ranked.labels(1).probability());
    EXPECT_NEAR(Sum(ranked), 1, 1e-6) << "probabilities are over what was asked for";
  }

  request.clear_among();
  ASSERT_TRUE(Ask(&Stub::ClassifyTopics, request, response).ok());
  EXPECT_THAT(response.results(0).labels(), SizeIs(3));
  request.add_among("天气");
  ExpectRefused(&Stub::ClassifyTopics, request, "among[0]");
}

TEST_F(ServiceTest, NamesOneOfSixEmotionsForEveryPost) {
  v1::ClassifyPostEmotionsRequest request;
  request.add_texts("太开心了，今天终于放假了！");
  request.add_texts("");
  v1::ClassifyPostEmotionsResponse response;
  ASSERT_TRUE(Ask(&Stub::ClassifyPostEmotions, request, response).ok());
  ASSERT_THAT(response.results(), SizeIs(2));
  EXPECT_EQ(response.results(0).labels(0).label(), "happy");
  for (const v1::ScoredLabels& ranked : response.results()) {
    EXPECT_THAT(ranked.labels(0).label(), AnyOf("neutral", "angry", "happy", "sad", "fear", "surprise"));
  }
  request.add_texts(std::string(20'001, 'a'));
  ExpectRefused(&Stub::ClassifyPostEmotions, request, "texts[2]");
}

TEST_F(ServiceTest, ForecastsEveryStyleOfDialogueTurnByTurn) {
  v1::ForecastSatisfactionRequest request;
  for (const v1::DialogueStyle style :
       {v1::DIALOGUE_STYLE_HELPDESK, v1::DIALOGUE_STYLE_SHOP, v1::DIALOGUE_STYLE_CALL}) {
    v1::Dialogue& dialogue = *request.add_dialogues();
    dialogue.set_style(style);
    for (const std::string text : {"你们到底管不管？", "您好，请稍等。", "等了一个月了，太差了！"}) {
      v1::DialogueTurn& turn = *dialogue.add_turns();
      turn.set_speaker(dialogue.turns_size() % 2 == 1 ? common::v1::SPEAKER_CALLER : common::v1::SPEAKER_AGENT);
      turn.set_text(text);
    }
  }
  request.add_dialogues()->set_style(v1::DIALOGUE_STYLE_CALL);  // Nothing was said.
  v1::ForecastSatisfactionResponse response;
  ASSERT_TRUE(Ask(&Stub::ForecastSatisfaction, request, response).ok());
  ASSERT_THAT(response.forecasts(), SizeIs(4));
  for (int i = 0; i < 4; ++i) {
    const v1::SatisfactionForecast& forecast = response.forecasts(i);
    ASSERT_THAT(forecast.distribution(), SizeIs(5));
    EXPECT_NEAR(std::accumulate(forecast.distribution().begin(), forecast.distribution().end(), 0.0), 1, 1e-6);
    ASSERT_EQ(forecast.dissatisfied_size(), request.dialogues(i).turns_size());
    EXPECT_TRUE(forecast.dissatisfied().empty() || forecast.dissatisfied(1) == 0) << "the helpdesk's turn";
  }
  request.mutable_dialogues(1)->set_style(v1::DIALOGUE_STYLE_UNSPECIFIED);
  request.mutable_dialogues(2)->mutable_turns(1)->set_speaker(common::v1::SPEAKER_UNSPECIFIED);
  ExpectRefused(&Stub::ForecastSatisfaction, request, "dialogues[1].style");
  ExpectRefused(&Stub::ForecastSatisfaction, request, "dialogues[2].turns[1].speaker");
}

TEST_F(ServiceTest, AnswersOfACallWithWhatItPublished) {
  Open("c1");
  Say("c1", 1, 'c', "我问一下医保怎么报销？");
  const platform::Event turn = Heard("c1", 1)[0];
  v1::GetUnderstandingResponse understanding = Understanding("c1");
  EXPECT_FALSE(understanding.has_call()) << "the call is still open";
  ASSERT_THAT(understanding.turns(), SizeIs(1));
  EXPECT_EQ(understanding.turns(0).SerializeAsString(), turn.payload);

  Close("c1", 1);
  const platform::Event call = Heard("c1", 2)[1];
  EXPECT_EQ(Understanding("c1").call().SerializeAsString(), call.payload);
}

TEST_F(ServiceTest, KnowsNothingOfACallThatIsNotThere) {
  v1::GetUnderstandingRequest request;
  ExpectRefused(&Stub::GetUnderstanding, request, "call_id");
  request.set_call_id("nobody");
  v1::GetUnderstandingResponse response;
  EXPECT_EQ(Ask(&Stub::GetUnderstanding, request, response).code(), absl::StatusCode::kNotFound);
}

TEST_F(ServiceTest, ListsIssuesFromTheirSecondCaseOnHottestFirstPageByPage) {
  const auto hours = [](int count) { return kOpenedAt + std::chrono::hours{count}; };
  const std::string flowers = "锦绣花园三号楼停水两天了，自来水公司没人管，我要投诉。";
  const std::string river = "春江花园八号楼停水两天了，自来水公司没人管，我要投诉。";
  const std::string lonely = "翠湖花园一号楼停水两天了，自来水公司没人管，我要投诉。";
  int calls = 0;
  const auto hold = [&](const std::string& text, platform::Time at, const std::string& site = "yunzhou") {
    const std::string id = "c" + std::to_string(++calls);
    HoldCall(id, {text}, common::v1::CASE_KIND_UNSPECIFIED, at, site);
    AwaitUnderstood(id);
  };
  for (const int hour : {0, 1}) hold(flowers, hours(hour));
  for (const int hour : {0, 1, 2}) hold(river, hours(hour));
  hold(lonely, hours(3));
  hold(lonely, hours(3), "hailan");  // Of another site.

  const v1::ListHotIssuesResponse first = HotIssues(1);
  ASSERT_THAT(first.issues(), SizeIs(1));
  EXPECT_EQ(first.issues(0).cases(), 3);
  EXPECT_THAT(first.issues(0).place(), HasSubstr("春江花园"));
  EXPECT_EQ(first.issues(0).last_at().seconds() - first.issues(0).first_at().seconds(), 2 * 3600);
  ASSERT_THAT(first.next_page_token(), Not(IsEmpty()));
  const v1::ListHotIssuesResponse second = HotIssues(1, first.next_page_token());
  ASSERT_THAT(second.issues(), SizeIs(1));
  EXPECT_EQ(second.issues(0).cases(), 2);
  EXPECT_LT(second.issues(0).heat(), first.issues(0).heat());
  EXPECT_THAT(first.issues(0).neighbourhood(), Not(IsEmpty()));
  EXPECT_NE(first.issues(0).neighbourhood(), second.issues(0).neighbourhood());
  EXPECT_THAT(second.next_page_token(), IsEmpty());

  v1::ListHotIssuesRequest request;
  ExpectRefused(&Stub::ListHotIssues, request, "site");
  request.set_site("yunzhou");
  request.set_page_token("nonsense");
  ExpectRefused(&Stub::ListHotIssues, request, "page_token");
}

TEST_F(ServiceTest, ListsIssuesOfAllTimeWhenNoTimeIsAskedFor) {
  for (const std::string id : {"c1", "c2"}) {
    HoldCall(id, {"锦绣花园三号楼停水两天了，自来水公司没人管，我要投诉。"});
    AwaitUnderstood(id);
  }
  v1::ListHotIssuesRequest request;
  request.set_site("yunzhou");
  v1::ListHotIssuesResponse response;
  ASSERT_TRUE(Ask(&Stub::ListHotIssues, request, response).ok());
  EXPECT_THAT(response.issues(), SizeIs(1));
  request.mutable_since()->set_seconds(kOpenedAt.time_since_epoch().count() / 1000 + 1);
  ASSERT_TRUE(Ask(&Stub::ListHotIssues, request, response).ok());
  EXPECT_THAT(response.issues(), IsEmpty());
}

TEST_F(ServiceTest, ShowsTheDispatchDirectoryItGoesBy) {
  v1::GetDispatchDirectoryRequest request;
  v1::GetDispatchDirectoryResponse directory;
  ASSERT_TRUE(Ask(&Stub::GetDispatchDirectory, request, directory).ok());
  EXPECT_THAT(directory.version(), Not(IsEmpty()));
  EXPECT_THAT(directory.entries(), SizeIs(testing::Ge(100)));
  for (const v1::DispatchEntry& entry : directory.entries()) {
    EXPECT_THAT((std::vector<std::string>{entry.entry(), entry.matter(), entry.topic(), entry.lead(), entry.basis()}),
                Each(Not(IsEmpty())));
  }
}

}  // namespace
}  // namespace hotline::classification
