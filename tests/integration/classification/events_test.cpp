// What classification makes of the events of calls: each turn and each call understood once, in order.
#include <gmock/gmock.h>

#include "classification_fixture.h"
#include "contract/platform_testing.h"
#include "support/model_folder.h"

namespace hotline::classification {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const std::vector<std::string> kNoWater = {"锦绣花园三号楼停水两天了，自来水公司没人管，我要投诉。",
                                           "您要求自来水公司尽快恢复供水，对吗？", "对，都打了三次电话了。"};

TEST_F(ClassificationTest, SaysOneThingOfEachTurnInOrderAndOneOfTheCall) {
  HoldCall("c1", kNoWater);
  std::vector<v1::TurnUnderstood> turns;
  const v1::CallUnderstood call = AwaitUnderstood("c1", &turns);

  ASSERT_THAT(turns, SizeIs(kNoWater.size()));
  for (std::size_t i = 0; i < turns.size(); ++i) {
    EXPECT_EQ(turns[i].call_id(), "c1");
    EXPECT_EQ(turns[i].turn(), static_cast<int>(i) + 1);
    EXPECT_EQ(turns[i].text(), kNoWater[i]) << "a consumer needs no second log";
    const bool caller = i % 2 == 0;
    EXPECT_EQ(turns[i].emotion() != common::v1::EMOTION_UNSPECIFIED, caller);
    EXPECT_THAT(turns[i].emotions(), SizeIs(caller ? 11 : 0));
    EXPECT_EQ(turns[i].model(), call.model());
  }
  EXPECT_EQ(turns[2].said_at_ms(), (kOpenedAt + std::chrono::seconds{30}).time_since_epoch().count());
  EXPECT_EQ(call.last_turn(), 3);
  ASSERT_THAT(call.cases(), SizeIs(1));
  EXPECT_EQ(call.cases(0).kind(), common::v1::CASE_KIND_COMPLAINT);
  EXPECT_EQ(call.cases(0).departments(0), "供水单位");
  EXPECT_THAT(call.cases(0).intents(), Not(IsEmpty()));
}

TEST_F(ClassificationTest, AComplaintOfTheAgentIsACaseThoughTheCallerCameWithAQuestion) {
  HoldCall("c1", {"你好，我想问一下居住证到期了怎么续？", "这个你自己不会上网查吗。",
                  "你这什么破态度，气死我了，工号多少！你就是这么接电话的？"});
  const v1::CallUnderstood call = AwaitUnderstood("c1");
  ASSERT_THAT(call.cases(), SizeIs(2));
  EXPECT_EQ(call.cases(0).kind(), common::v1::CASE_KIND_INQUIRY);
  EXPECT_EQ(call.cases(1).kind(), common::v1::CASE_KIND_COMPLAINT);
  EXPECT_EQ(call.cases(1).departments(0), "热线管理机构");
  EXPECT_EQ(call.cases(1).evidence(0).code(), "AGENT_COMPLAINED_OF") << "asked in anger, which the record remembers";
}

TEST_F(ClassificationTest, NewModelsAnswerTheNextTurnsWithoutARestart) {
  const tests::ModelFolder models;
  Stop();
  Start(models.path());
  Open("c1");
  Say("c1", 1, 'c', kNoWater[0]);
  EXPECT_THAT(Payload<v1::TurnUnderstood>(Heard("c1", 1)[0]).model(), Not(HasSubstr("linear-2099.12.31")));
  models.Stamp("topics.model", "linear-2099.12.31");
  std::size_t said = 1;
  EXPECT_TRUE(platform::testing::Eventually([&] {
    Say("c1", static_cast<int>(++said), 'c', kNoWater[2]);
    return Payload<v1::TurnUnderstood>(Heard("c1", said).back()).model().find("linear-2099.12.31") != std::string::npos;
  }));
}

TEST_F(ClassificationTest, EventsThatComeTwiceChangeNothing) {
  Open("c1");
  Say("c1", 1, 'c', kNoWater[0]);
  Say("c1", 2, 'a', kNoWater[1]);
  Heard("c1", 2);
  Redeliver(3);
  Say("c1", 3, 'c', kNoWater[2]);
  Close("c1", 3);
  std::vector<v1::TurnUnderstood> turns;
  AwaitUnderstood("c1", &turns);
  EXPECT_THAT(turns, SizeIs(3)) << "a key's events keep their order: a fourth would have come before the call's";

  HoldCall("c2", kNoWater);
  AwaitUnderstood("c2");
  Redeliver(13);  // All there are, those brought twice included.
  AwaitQuiet();
  EXPECT_THAT(Understanding("c1").turns(), SizeIs(3));
  const v1::ListHotIssuesResponse issues = HotIssues();
  ASSERT_THAT(issues.issues(), SizeIs(1));
  EXPECT_EQ(issues.issues(0).cases(), 2) << "a call closed twice is one case";
  EXPECT_THAT(DeadLetters(), IsEmpty());
}

TEST_F(ClassificationTest, ACallThatWasNeverOpenedIsADeadLetterAndOtherCallsGoOn) {
  Say("stray", 1, 'c', "喂？");
  Close("stray", 1);
  HoldCall("c1", kNoWater);
  EXPECT_THAT(AwaitUnderstood("c1").cases(), SizeIs(1));
  AwaitQuiet();

  const std::vector<platform::DeadLetter> letters = DeadLetters();
  ASSERT_THAT(letters, SizeIs(1)) << "the call's end waits behind its turn";
  EXPECT_EQ(letters[0].key, "yunzhou/stray");
  EXPECT_EQ(letters[0].type, "hotline.intake.v1.TurnAppended");
  EXPECT_THAT(letters[0].reason, HasSubstr("never opened"));
  EXPECT_EQ(letters[0].queued_behind, 1);
}

TEST_F(ClassificationTest, ACallGoesOnOnceItsDeadLettersAreLetGo) {
  Say("late", 1, 'c', kNoWater[0]);
  Open("late");
  AwaitQuiet();
  ASSERT_THAT(DeadLetters(), SizeIs(1));
  ASSERT_TRUE(platform::Skip(store(), DeadLetters()[0].id, "op-1", kOpenedAt).ok());
  Say("late", 2, 'c', kNoWater[2]);
  EXPECT_EQ(Payload<v1::TurnUnderstood>(Heard("late", 1)[0]).turn(), 2);
}

TEST_F(ClassificationTest, GoesOnAfterARestartAsIfNothingHadHappened) {
  HoldCall("whole", kNoWater);
  Open("cut");
  Say("cut", 1, 'c', kNoWater[0]);
  Heard("cut", 1);
  Say("cut", 2, 'a', kNoWater[1]);  // Wherever it is when the process ends: outbox, bus or table.
  Stop();
  Start();
  Say("cut", 3, 'c', kNoWater[2]);
  Close("cut", 3);

  std::vector<v1::TurnUnderstood> whole;
  std::vector<v1::TurnUnderstood> cut;
  v1::CallUnderstood whole_call = AwaitUnderstood("whole", &whole);
  v1::CallUnderstood cut_call = AwaitUnderstood("cut", &cut);
  ASSERT_THAT(cut, SizeIs(whole.size()));
  for (std::size_t i = 0; i < cut.size(); ++i) {
    cut[i].set_call_id("whole");
    EXPECT_EQ(cut[i].SerializeAsString(), whole[i].SerializeAsString());
  }
  cut_call.set_call_id("whole");
  EXPECT_EQ(cut_call.SerializeAsString(), whole_call.SerializeAsString());
}

TEST_F(ClassificationTest, ALetterBecomesACaseUnderItsOwnTitle) {
  Write("letter-1", "关于锦绣花园停水的投诉", "我们小区停水两天了，自来水公司没人管，我要投诉。");
  std::vector<v1::TurnUnderstood> turns;
  const v1::CallUnderstood letter = AwaitUnderstood("letter-1", &turns);
  EXPECT_THAT(turns, SizeIs(1));
  ASSERT_THAT(letter.cases(), SizeIs(1));
  EXPECT_EQ(letter.cases(0).title(), "关于锦绣花园停水的投诉");
  EXPECT_EQ(letter.cases(0).kind(), common::v1::CASE_KIND_COMPLAINT);
}

TEST_F(ClassificationTest, TellsWhenAComplaintWasWrittenDownAsAQuestion) {
  HoldCall("c1", kNoWater, common::v1::CASE_KIND_INQUIRY);
  HoldCall("c2", kNoWater, common::v1::CASE_KIND_COMPLAINT);
  HoldCall("c3", kNoWater);
  EXPECT_TRUE(AwaitUnderstood("c1").recorded_kind_differs());
  EXPECT_FALSE(AwaitUnderstood("c2").recorded_kind_differs());
  EXPECT_FALSE(AwaitUnderstood("c3").recorded_kind_differs()) << "nothing was written down";
}

TEST_F(ClassificationTest, ACallInWhichNothingWasSaidIsStillOneCase) {
  HoldCall("c1", {});
  const v1::CallUnderstood call = AwaitUnderstood("c1");
  EXPECT_EQ(call.last_turn(), 0);
  EXPECT_THAT(call.cases(), SizeIs(1));
}

}  // namespace
}  // namespace hotline::classification
