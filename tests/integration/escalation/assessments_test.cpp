// Calls on the real store and bus: every turn is assessed once and in order, whatever comes first, late or twice.
#include <algorithm>

#include <gmock/gmock.h>

#include "escalation/adapters/bus_call_events.h"
#include "escalation/adapters/messages.h"
#include "escalation/adapters/sibling_events.h"
#include "escalation/adapters/sql_alert_table.h"
#include "escalation/adapters/sql_call_table.h"
#include "escalation/app/late_turns.h"
#include "escalation_fixture.h"
#include "platform/bus/topics.h"

namespace hotline::escalation {
namespace {

using common::v1::EMOTION_ANGRY;
using common::v1::EMOTION_CALM;
using common::v1::EMOTION_DESPERATE;
using common::v1::EMOTION_UNSPECIFIED;
using common::v1::RISK_LEVEL_GREEN;
using common::v1::RISK_LEVEL_RED;
using common::v1::SPEAKER_AGENT;
using common::v1::SPEAKER_CALLER;
using std::chrono::milliseconds;
using testing::AnyOf;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr std::string_view kSiblings = "hotline/siblings";
/// So plain that a rule speaks of it before the reading comes.
const std::string kAlarm = "我们二百多户明天一早都去市政府门口，把路堵了！";
/// A rule's words, which are meant or not.
const std::string kWords = "你们管不管，再这么堵下去真要出人命了。";

std::vector<int> FinalTurns(const std::vector<v1::TurnRiskAssessed>& risks) {
  std::vector<int> turns;
  for (const v1::TurnRiskAssessed& risk : risks) {
    if (!risk.preliminary()) turns.push_back(risk.turn());
  }
  return turns;
}

std::vector<double> FinalRisks(const std::vector<v1::TurnRiskAssessed>& risks) {
  std::vector<double> values;
  for (const v1::TurnRiskAssessed& risk : risks) {
    if (!risk.preliminary()) values.push_back(risk.risk());
  }
  return values;
}

/// The use cases on escalation's own store, fed by hand: what the bus would bring, in an order it cannot be told.
class ByHand {
 public:
  explicit ByHand(platform::Resources& resources)
      : store_{resources.store},
        alerts_{alert_table_, calls_, events_, resources.notifier, resources.metrics},
        assessments_{RiskModel::Get(), calls_, events_, alerts_, resources.metrics} {}

  void Take(const google::protobuf::Message& message, Time wall) {
    const platform::Event event{.type = message.GetTypeName(), .payload = message.SerializeAsString()};
    const bool reading = event.type.starts_with("hotline.classification.");
    const absl::Status taken = store_.InTransaction([&](platform::Transaction& tx) {
      return reading ? TakeReading(assessments_, tx, event, wall) : TakeCallEvent(assessments_, tx, event, wall);
    });
    ASSERT_TRUE(taken.ok()) << taken;
  }

  void GiveUp(const std::string& call_id, Time seen_by) {
    const absl::Status done = store_.InTransaction(
        [&](platform::Transaction& tx) { return assessments_.GiveUpWaiting(tx, call_id, seen_by, seen_by); });
    ASSERT_TRUE(done.ok()) << done;
  }

  const Assessments& assessments() const { return assessments_; }
  CallTable& calls() { return calls_; }

 private:
  platform::Store& store_;
  SqlCallTable calls_;
  SqlAlertTable alert_table_;
  BusCallEvents events_;
  Alerts alerts_;
  const Assessments assessments_;
};

/// An agent's turn whose first sentence an encoder hears as cold.
classification::v1::TurnUnderstood Cold(const std::string& call_id, int turn) {
  classification::v1::TurnUnderstood understood = Understood(call_id, turn, EMOTION_UNSPECIFIED);
  classification::v1::ScoredLabel& act = *understood.add_acts()->add_acts();
  act.set_label("cold");
  act.set_probability(.9);
  return understood;
}

TEST_F(EscalationTest, AssessesEveryTurnOnceAndInOrderHoweverTheTopicsInterleave) {
  ByHand by_hand{*resources_};
  std::vector<int> topic_of = {0, 0, 0, 0, 0, 0, 1, 1, 1, 1};  // Six events of the call, four readings.
  std::vector<double> expected;
  int number = 0;
  do {
    const std::string call_id = "C" + std::to_string(++number);
    std::vector<std::unique_ptr<google::protobuf::Message>> events[2];
    const auto add = [&](int topic, const auto& message) {
      events[topic].push_back(std::make_unique<std::decay_t<decltype(message)>>(message));
    };
    add(0, Opened(call_id));
    add(0, Appended(call_id, 1, SPEAKER_AGENT, "您好，这里是12345热线"));
    add(0, Appended(call_id, 2, SPEAKER_CALLER, "我投诉了三次都没人管，你们到底管不管"));
    add(0, Appended(call_id, 3, SPEAKER_AGENT, "您的心情我理解，请您说说具体情况"));
    add(0, Appended(call_id, 4, SPEAKER_CALLER, "我要去市政府上访"));
    add(0, Closed(call_id, 4));
    add(1, Understood(call_id, 2, EMOTION_ANGRY));
    add(1, Cold(call_id, 3));
    add(1, Understood(call_id, 4, EMOTION_ANGRY));
    add(1, WholeUnderstood(call_id));
    std::size_t next[2] = {0, 0};
    for (const int topic : topic_of) by_hand.Take(*events[topic][next[topic]++], clock_.Now());

    AwaitReviewed(call_id);
    const std::vector<v1::TurnRiskAssessed> risks = Risks(call_id);
    ASSERT_THAT(FinalTurns(risks), ElementsAre(1, 2, 3, 4)) << "interleaving " << number;
    for (const v1::TurnRiskAssessed& risk : risks) ASSERT_TRUE(risk.preliminary() || !risk.degraded());
    if (expected.empty()) expected = FinalRisks(risks);
    ASSERT_EQ(FinalRisks(risks), expected) << "interleaving " << number << " gives other risks";
    ASSERT_THAT(AllOf<v1::CallReviewed>(assessments_.Of(call_id)), SizeIs(1));
  } while (std::next_permutation(topic_of.begin(), topic_of.end()));
  EXPECT_EQ(number, 210);
}

TEST_F(EscalationTest, GivesUpWaitingAfterThePatienceAndUsesALateReadingForLaterTurns) {
  Open("C1");
  Say("C1", 1, SPEAKER_CALLER, kAlarm);
  // A hard rule speaks when the turn has been seen: only from here does its wait count.
  AwaitAlerts("C1", 1);
  clock_.Advance(milliseconds{300});
  const v1::TurnRiskAssessed alone = AwaitFinal("C1", 1);
  EXPECT_TRUE(alone.degraded());

  Understand("C1", 1, EMOTION_DESPERATE);
  Understand("C1", 2, EMOTION_DESPERATE);
  Say("C1", 2, SPEAKER_CALLER, "你们谁都不管我");
  const v1::TurnRiskAssessed next = AwaitFinal("C1", 2);
  EXPECT_FALSE(next.degraded());
  Close("C1", 2);
  AwaitReviewed("C1");
  EXPECT_THAT(FinalTurns(Risks("C1")), ElementsAre(1, 2)) << "the late reading corrects nothing that was said";

  std::vector<HeardTurn> heard;
  ASSERT_TRUE(resources_->store
                  .Read([&](platform::Session& session) {
                    for (const WatchedTurn& turn : SqlCallTable{}.Turns(session, "C1")) heard.push_back(turn.heard);
                    return absl::OkStatus();
                  })
                  .ok());
  ASSERT_THAT(heard, SizeIs(2));
  ASSERT_TRUE(heard[0].reading) << "kept for the turns after it";
  const std::vector<TurnRisk> earlier = {RiskFrom(alone)};
  EXPECT_DOUBLE_EQ(next.risk(), RiskModel::Get().Assess(OpeningFrom(Opened("C1")), heard, earlier).risk);
}

TEST_F(EscalationTest, EveryTurnWaitsItsOwnPatience) {
  ByHand by_hand{*resources_};
  const Time seen = clock_.Now() + std::chrono::hours{1};  // Nothing for the module's own scheduler.
  by_hand.Take(Opened("C1"), seen);
  by_hand.Take(Appended("C1", 1, SPEAKER_CALLER, "怎么又断电了"), seen);
  by_hand.Take(Appended("C1", 2, SPEAKER_CALLER, "已经三天了"), seen + milliseconds{200});
  v1::GetCallRiskRequest request;
  request.set_call_id("C1");
  v1::GetCallRiskResponse risk;
  by_hand.GiveUp("C1", seen - milliseconds{1});
  ASSERT_TRUE(Call(&v1::EscalationService::Stub::GetCallRisk, request, risk).ok());
  EXPECT_THAT(risk.turns(), IsEmpty()) << "a millisecond too early is too early";
  by_hand.GiveUp("C1", seen);
  ASSERT_TRUE(Call(&v1::EscalationService::Stub::GetCallRisk, request, risk).ok());
  ASSERT_THAT(risk.turns(), SizeIs(1)) << "the second one came later";
  EXPECT_TRUE(risk.turns(0).degraded());
  by_hand.Take(Understood("C1", 2, EMOTION_ANGRY), seen + milliseconds{400});
  EXPECT_FALSE(AwaitFinal("C1", 2).degraded());
}

TEST_F(EscalationTest, SpeaksOfDangerBeforeTheReadingComesAndWarnsOnceAStep) {
  Open("C1");
  Say("C1", 1, SPEAKER_AGENT, "您好，这里是12345热线");
  Say("C1", 2, SPEAKER_CALLER, kAlarm);
  const std::vector<v1::Alert> at_once = AwaitAlerts("C1", 1);
  EXPECT_EQ(at_once[0].level(), RISK_LEVEL_RED);
  EXPECT_EQ(at_once[0].turn(), 2);
  EXPECT_EQ(at_once[0].state(), v1::ALERT_STATE_RAISED);
  EXPECT_THAT(at_once[0].reasons(), Not(IsEmpty()));
  EXPECT_THAT(at_once[0].suggestion(), Not(IsEmpty()));
  v1::GetCallRiskRequest request;
  request.set_call_id("C1");
  v1::GetCallRiskResponse so_far;
  ASSERT_TRUE(Call(&v1::EscalationService::Stub::GetCallRisk, request, so_far).ok());
  ASSERT_THAT(so_far.turns(), SizeIs(2));
  EXPECT_TRUE(so_far.turns(1).preliminary());
  EXPECT_EQ(so_far.level(), RISK_LEVEL_RED);

  Understand("C1", 2, EMOTION_DESPERATE);
  EXPECT_EQ(AwaitFinal("C1", 2).level(), RISK_LEVEL_RED);
  Understand("C1", 3, EMOTION_DESPERATE);
  Say("C1", 3, SPEAKER_CALLER, "我真的要跳下去了");
  Close("C1", 3);
  AwaitReviewed("C1");
  const std::vector<v1::TurnRiskAssessed> risks = Risks("C1");
  // The two topics run apart: where turn 3 comes before its reading, it speaks at once as turn 2 did.
  ASSERT_THAT(risks, SizeIs(AnyOf(4, 5)));
  EXPECT_TRUE(risks[1].preliminary());
  EXPECT_EQ(risks[1].turn(), 2);
  EXPECT_THAT(FinalTurns(risks), ElementsAre(1, 2, 3));
  EXPECT_THAT(alerts_.Of("C1"), SizeIs(1)) << "the final and the turns after it are no further step";

  v1::GetCallRiskResponse whole;
  ASSERT_TRUE(Call(&v1::EscalationService::Stub::GetCallRisk, request, whole, platform::Role::kAgent).ok());
  ASSERT_THAT(whole.turns(), SizeIs(3));
  EXPECT_EQ(whole.turns(1).SerializeAsString(), risks[2].SerializeAsString()) << "what was published";
}

TEST_F(EscalationTest, WordsThatTheirReadingTakesBackAlarmNobodyMeanwhile) {
  Open("C1");
  Say("C1", 1, SPEAKER_CALLER, kWords);
  classification::v1::TurnUnderstood harmless = Understood("C1", 1, EMOTION_ANGRY);
  for (const char* concern : {"none", "complaint", "unsolved", "passed_around", "resigned", "sarcasm", "evidence",
                              "exposure", "misconduct", "abuse", "danger", "group", "leak"}) {
    auto& scored = *harmless.mutable_concern()->add_scores();
    scored.set_concern(concern);
    scored.set_score(std::string_view{concern} == "complaint" ? 9 : 0);
  }
  Publish(platform::kAssessmentsTopic, "C1", harmless);
  Close("C1", 1);
  AwaitReviewed("C1");
  const std::vector<v1::TurnRiskAssessed> risks = Risks("C1");
  ASSERT_THAT(risks, SizeIs(1)) << "the final one";
  EXPECT_LT(risks[0].level(), common::v1::RISK_LEVEL_ORANGE);
  EXPECT_EQ(risks[0].reasons(risks[0].reasons_size() - 1).code(), "LIFE_DANGER") << "it still tells of the words";
  EXPECT_THAT(alerts_.Of("C1"), IsEmpty());
}

TEST_F(EscalationTest, DoesNothingTwiceWhenTheBusDeliversEverythingAgain) {
  Open("C1");
  Say("C1", 1, SPEAKER_CALLER, kAlarm);
  AwaitAlerts("C1", 1);
  Understand("C1", 1, EMOTION_DESPERATE);
  AwaitFinal("C1", 1);
  RedeliverAll(platform::kCallsTopic, kSiblings);
  RedeliverAll(platform::kAssessmentsTopic, kSiblings);
  // These stand behind the repeated ones, in both logs.
  Say("C1", 2, SPEAKER_CALLER, "你们谁都不管我");
  Understand("C1", 2, EMOTION_DESPERATE);
  Close("C1", 2);
  AwaitReviewed("C1");
  RedeliverAll(platform::kCallsTopic, kSiblings);
  Say("C1", 3, SPEAKER_AGENT, "喂？");
  AwaitFinal("C1", 3);
  EXPECT_THAT(FinalTurns(Risks("C1")), ElementsAre(1, 2, 3));
  EXPECT_THAT(Risks("C1"), SizeIs(4)) << "one preliminary";
  EXPECT_THAT(AllOf<v1::CallReviewed>(assessments_.Of("C1")), SizeIs(1));
  EXPECT_THAT(alerts_.Of("C1"), SizeIs(1));
}

TEST_F(EscalationTest, FinishesAfterARestartTheTurnsThatWaited) {
  Open("C1");
  Say("C1", 1, SPEAKER_CALLER, kAlarm);
  AwaitAlerts("C1", 1);
  Stop();
  Start();
  clock_.AdvanceWithEveryLook(milliseconds{50});  // It may have to read its own words in the log first.
  EXPECT_TRUE(AwaitFinal("C1", 1).degraded());
  Close("C1", 1);
  AwaitReviewed("C1");
  EXPECT_THAT(FinalTurns(Risks("C1")), ElementsAre(1));
}

TEST_F(EscalationTest, JudgesNothingByItsWordsAloneBeforeTheLogIsReadAfterAStart) {
  ByHand by_hand{*resources_};
  TestClock clock;  // Behind the module's, whose scheduler must find nothing to do.
  clock.Advance(std::chrono::hours{1});
  by_hand.Take(Opened("C1"), clock.Now());
  by_hand.Take(Appended("C1", 1, SPEAKER_CALLER, "怎么又断电了"), clock.Now());
  std::mutex mutex;
  std::condition_variable asked;
  int questions = 0;
  bool behind = true;
  const auto is_behind = [&] {
    const std::lock_guard lock{mutex};
    ++questions;
    asked.notify_all();
    return behind;
  };
  const auto await_questions = [&](int more) {
    std::unique_lock lock{mutex};
    const int wanted = questions + more;
    return asked.wait_for(lock, std::chrono::seconds{20}, [&] { return questions >= wanted; });
  };
  LateTurns late{by_hand.assessments(), by_hand.calls(), resources_->store, clock, milliseconds{300}, is_behind};
  clock.Advance(milliseconds{900});
  ASSERT_TRUE(await_questions(2)) << "it looked at least once after the clock had moved";
  EXPECT_THAT(Risks("C1"), IsEmpty()) << "its reading may be in the log";

  {
    const std::lock_guard lock{mutex};
    behind = false;
  }
  ASSERT_TRUE(await_questions(1)) << "the log is read now";
  by_hand.Take(Understood("C1", 1, EMOTION_ANGRY), clock.Now());
  EXPECT_FALSE(AwaitFinal("C1", 1).degraded()) << "the wait counts from the reading of the log";
}

TEST_F(EscalationTest, ReviewsACallOnceItsLastTurnIsAssessed) {
  v1::GetConductRequest request;
  request.set_call_id("C1");
  v1::GetConductResponse response;
  EXPECT_TRUE(absl::IsNotFound(Call(&v1::EscalationService::Stub::GetConduct, request, response)));
  Open("C1");
  Say("C1", 1, SPEAKER_AGENT, "您好，这里是12345热线");
  AwaitFinal("C1", 1);
  Say("C1", 2, SPEAKER_CALLER, "请问社保怎么查");
  Close("C1", 2);
  EXPECT_TRUE(absl::IsFailedPrecondition(Call(&v1::EscalationService::Stub::GetConduct, request, response)));
  Understand("C1", 2);
  const v1::CallReviewed reviewed = AwaitReviewed("C1");
  ASSERT_TRUE(Call(&v1::EscalationService::Stub::GetConduct, request, response, platform::Role::kAgent).ok());
  EXPECT_EQ(response.conduct().SerializeAsString(), reviewed.conduct().SerializeAsString());
  const auto events = assessments_.Of("C1");
  EXPECT_EQ(events.back().type, v1::CallReviewed::descriptor()->full_name()) << "after the last final assessment";
}

/// A call in which the rules hear soothing, and an encoder none.
void HearSoothing(ByHand& by_hand, Time now) {
  by_hand.Take(Opened("C1"), now);
  by_hand.Take(Appended("C1", 1, SPEAKER_CALLER, "我投诉了三次都没人管，你们到底管不管"), now);
  by_hand.Take(Understood("C1", 1, EMOTION_ANGRY), now);
  by_hand.Take(Appended("C1", 2, SPEAKER_AGENT, "您的心情我理解，让您久等了，真对不起"), now);
}

classification::v1::CallUnderstood WithoutSoothing() {
  classification::v1::CallUnderstood understood = WholeUnderstood("C1");
  understood.mutable_soothed()->set_explained(5);
  return understood;
}

TEST_F(EscalationTest, ReviewsACallWithWhatTheEncoderHeardOfItsOpening) {
  ByHand by_hand{*resources_};
  HearSoothing(by_hand, clock_.Now());
  by_hand.Take(Closed("C1", 2), clock_.Now());
  EXPECT_THAT(AllOf<v1::CallReviewed>(assessments_.Of("C1")), IsEmpty()) << "it was not read as a whole yet";
  by_hand.Take(WithoutSoothing(), clock_.Now());
  const v1::Conduct conduct = AwaitReviewed("C1").conduct();
  ASSERT_TRUE(conduct.has_soothe_first());
  EXPECT_FALSE(conduct.soothe_first());
  EXPECT_THAT(conduct.findings(), IsEmpty()) << "no answer explained";
}

TEST_F(EscalationTest, KnowsWhatWasHeardBeforeTheCallIsOver) {
  ByHand by_hand{*resources_};
  HearSoothing(by_hand, clock_.Now());
  by_hand.Take(WithoutSoothing(), clock_.Now());
  by_hand.Take(Closed("C1", 2), clock_.Now());
  const v1::Conduct conduct = AwaitReviewed("C1").conduct();
  ASSERT_TRUE(conduct.has_soothe_first());
  EXPECT_FALSE(conduct.soothe_first());
}

/// How a call is reviewed whose agent soothes, and of whose words an encoder heard this.
class HeardAgentTest : public EscalationTest {
 protected:
  v1::Conduct ReviewOf(const classification::v1::TurnUnderstood& heard) {
    ByHand by_hand{*resources_};
    HearSoothing(by_hand, clock_.Now());
    by_hand.Take(heard, clock_.Now());
    by_hand.Take(Closed("C1", 2), clock_.Now());
    by_hand.Take(WholeUnderstood("C1"), clock_.Now());
    return AwaitReviewed("C1").conduct();
  }
};

const auto kForbidden = testing::Property(&v1::ConductFinding::rule, "FORBIDDEN_PHRASE");

TEST_F(HeardAgentTest, WhatWasDoneIsReviewed) {
  const v1::Conduct conduct = ReviewOf(Cold("C1", 2));
  ASSERT_THAT(conduct.findings(), testing::Contains(kForbidden));
  EXPECT_EQ(conduct.findings(0).turn(), 2);
}

/// Cold by its act, and no fault.
classification::v1::TurnUnderstood ColdButFair(const std::string& call_id, int turn) {
  classification::v1::TurnUnderstood understood = Cold(call_id, turn);
  classification::v1::ScoredLabel& none = *understood.mutable_acts(0)->add_faults();
  none.set_label("none");
  none.set_probability(.99);
  return understood;
}

TEST_F(HeardAgentTest, WhatIsNoFaultIsNotNamed) {
  EXPECT_THAT(ReviewOf(ColdButFair("C1", 2)).findings(), Not(testing::Contains(kForbidden)));
}

TEST_F(HeardAgentTest, OfFaultsThatAreNotKnownTheActDecides) {
  classification::v1::TurnUnderstood heard = ColdButFair("C1", 2);
  heard.mutable_acts(0)->mutable_faults(0)->set_label("sings");
  EXPECT_THAT(ReviewOf(heard).findings(), testing::Contains(kForbidden));
}

TEST_F(HeardAgentTest, ActsThatAreNotKnownSayNothing) {
  classification::v1::TurnUnderstood heard = Cold("C1", 2);
  heard.mutable_acts(0)->add_acts()->set_label("sings");
  const v1::Conduct conduct = ReviewOf(heard);
  EXPECT_TRUE(conduct.soothe_first()) << "as the rules hear it";
  EXPECT_THAT(conduct.findings(), Not(testing::Contains(kForbidden)));
}

TEST_F(EscalationTest, ReviewsACallAloneAfterThePatience) {
  Open("C1");
  Say("C1", 1, SPEAKER_CALLER, "我投诉了三次都没人管，你们到底管不管");
  Understand("C1", 1, EMOTION_ANGRY);
  Say("C1", 2, SPEAKER_AGENT, "您的心情我理解，让您久等了，真对不起");
  Publish(platform::kCallsTopic, "C1", Closed("C1", 2));
  AwaitFinal("C1", 2);
  clock_.AdvanceWithEveryLook(milliseconds{50});
  const v1::CallReviewed reviewed = AwaitReviewed("C1");
  EXPECT_TRUE(reviewed.conduct().soothe_first()) << "as the rules hear it";
  Publish(platform::kAssessmentsTopic, "C1", WithoutSoothing());
  Say("C1", 3, SPEAKER_AGENT, "喂？");
  AwaitFinal("C1", 3);
  EXPECT_THAT(AllOf<v1::CallReviewed>(assessments_.Of("C1")), SizeIs(1)) << "what comes late changes no review";
}

TEST_F(EscalationTest, ReviewsACallInWhichNobodySpoke) {
  Open("C1");
  Close("C1", 0);
  AwaitReviewed("C1");
  v1::GetCallRiskRequest request;
  request.set_call_id("C1");
  v1::GetCallRiskResponse risk;
  ASSERT_TRUE(Call(&v1::EscalationService::Stub::GetCallRisk, request, risk).ok());
  EXPECT_THAT(risk.turns(), IsEmpty());
  EXPECT_EQ(risk.level(), RISK_LEVEL_GREEN);
}

TEST_F(EscalationTest, KnowsNoCallOfWhichOnlyAReadingHasCome) {
  Understand("C1", 1);
  Open("C2");
  Say("C2", 1, SPEAKER_AGENT, "您好");
  AwaitFinal("C2", 1);
  v1::GetCallRiskRequest request;
  request.set_call_id("C1");
  v1::GetCallRiskResponse risk;
  EXPECT_TRUE(absl::IsNotFound(Call(&v1::EscalationService::Stub::GetCallRisk, request, risk)));
  request.clear_call_id();
  const absl::Status nameless = Call(&v1::EscalationService::Stub::GetCallRisk, request, risk);
  EXPECT_TRUE(absl::IsInvalidArgument(nameless));
  EXPECT_THAT(platform::Explain(nameless), testing::HasSubstr("call_id"));
  Open("C1");
  Say("C1", 1, SPEAKER_CALLER, "请问社保怎么查");
  EXPECT_FALSE(AwaitFinal("C1", 1).degraded()) << "the early reading was kept";
}

}  // namespace
}  // namespace hotline::escalation
