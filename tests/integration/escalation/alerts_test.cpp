// What a supervisor does with warnings, through the wire.
#include <atomic>
#include <thread>

#include <gmock/gmock.h>

#include "contracts/timestamp.h"
#include "escalation/adapters/bus_call_events.h"
#include "escalation/adapters/sql_alert_table.h"
#include "escalation/adapters/sql_call_table.h"
#include "escalation/app/alerts.h"
#include "escalation_fixture.h"

namespace hotline::escalation {
namespace {

using common::v1::RISK_LEVEL_ORANGE;
using common::v1::RISK_LEVEL_RED;
using common::v1::SPEAKER_AGENT;
using platform::Role;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Stub = v1::EscalationService::Stub;

/// A warning of a given strength, raised by the use case itself: what the model says of words is not the matter here.
class AlertsTest : public EscalationTest {
 protected:
  std::string Warn(const std::string& call_id, int turn, RiskLevel level, double risk,
                   const std::string& site = "yunzhou") {
    SqlCallTable calls;
    SqlAlertTable table;
    BusCallEvents events;
    Alerts alerts{table, calls, events, resources_->notifier, resources_->metrics};
    const absl::Status done = resources_->store.InTransaction([&](platform::Transaction& tx) {
      WatchedCall call = calls.Lock(tx, call_id, site);
      alerts.Warn(tx, call, {.turn = turn, .risk = risk, .level = level, .reasons = {{"REPEATED", "第三次打来", turn}}},
                  platform::Time{std::chrono::seconds{1'772'500'000 + turn}}, clock_.Now());
      calls.Save(tx, call);
      return absl::OkStatus();
    });
    EXPECT_TRUE(done.ok()) << done;
    return List(call_id, site).alerts(0).alert_id();
  }

  v1::ListAlertsResponse List(const std::string& call_id = "", const std::string& site = "") {
    v1::ListAlertsRequest request;
    request.set_call_id(call_id);
    request.set_site(site);
    v1::ListAlertsResponse response;
    const absl::Status listed = EscalationTest::Call(&Stub::ListAlerts, request, response);
    EXPECT_TRUE(listed.ok()) << platform::Explain(listed);
    return response;
  }

  /// A call of `turns` turns of the agent, opened and, if asked, closed.
  void HoldCall(const std::string& call_id, int turns, bool close = true) {
    Open(call_id);
    for (int turn = 1; turn <= turns; ++turn) Say(call_id, turn, SPEAKER_AGENT, "您好");
    if (close) {
      Close(call_id, turns);
      AwaitReviewed(call_id);
    } else {
      AwaitFinal(call_id, turns);
    }
  }

  absl::Status Acknowledge(const std::string& request_id, const std::string& alert_id, std::int64_t version,
                           v1::Alert* alert = nullptr, Role role = Role::kSupervisor,
                           const std::string& actor = "banzhang-1") {
    v1::AcknowledgeAlertRequest request;
    request.set_request_id(request_id);
    request.set_alert_id(alert_id);
    request.set_expected_version(version);
    v1::AcknowledgeAlertResponse response;
    const absl::Status status = EscalationTest::Call(&Stub::AcknowledgeAlert, request, response, role, actor);
    if (alert != nullptr) *alert = response.alert();
    return status;
  }

  absl::Status Judge(const std::string& request_id, const std::string& alert_id, std::int64_t version,
                     v1::Verdict verdict, const std::string& note = "", v1::Alert* alert = nullptr) {
    v1::JudgeAlertRequest request;
    request.set_request_id(request_id);
    request.set_alert_id(alert_id);
    request.set_expected_version(version);
    request.set_verdict(verdict);
    request.set_note(note);
    v1::JudgeAlertResponse response;
    const absl::Status status = EscalationTest::Call(&Stub::JudgeAlert, request, response);
    if (alert != nullptr) *alert = response.alert();
    return status;
  }

  void AcknowledgeAndJudge(const std::string& alert_id, v1::Verdict verdict) {
    ASSERT_TRUE(Acknowledge("a-" + alert_id, alert_id, 1).ok());
    ASSERT_TRUE(Judge("j-" + alert_id, alert_id, 2, verdict).ok());
  }

  absl::Status ReportMissed(const std::string& request_id, const std::string& call_id, int turn,
                            const std::string& note = "") {
    v1::ReportMissedCallRequest request;
    request.set_request_id(request_id);
    request.set_call_id(call_id);
    request.set_turn(turn);
    request.set_note(note);
    v1::ReportMissedCallResponse response;
    return EscalationTest::Call(&Stub::ReportMissedCall, request, response);
  }

  v1::GetCalibrationResponse Calibration(const std::string& site = "") {
    v1::GetCalibrationRequest request;
    request.set_site(site);
    v1::GetCalibrationResponse response;
    const absl::Status told = EscalationTest::Call(&Stub::GetCalibration, request, response, Role::kDirector);
    EXPECT_TRUE(told.ok()) << platform::Explain(told);
    return response;
  }

  /// The next `count` alerts after `cursor`; the cursor of the last is left there.
  std::vector<v1::Alert> Watch(std::int64_t& cursor, std::size_t count, const std::string& site = "") {
    grpc::ClientContext context;
    platform::Prepare(context, {"banzhang-1", Role::kSupervisor},
                      std::chrono::steady_clock::now() + std::chrono::seconds{20});
    v1::WatchAlertsRequest request;
    request.set_cursor(cursor);
    request.set_site(site);
    const auto stream = stub_->WatchAlerts(&context, request);
    std::vector<v1::Alert> alerts;
    v1::WatchAlertsResponse response;
    while (alerts.size() < count && stream->Read(&response)) {
      EXPECT_GT(response.cursor(), cursor) << "cursors grow";
      cursor = response.cursor();
      alerts.push_back(response.alert());
    }
    EXPECT_EQ(alerts.size(), count);
    context.TryCancel();
    return alerts;
  }
};

TEST_F(AlertsTest, GoesFromRaisedToJudgedAndTellsEveryStep) {
  HoldCall("C1", 3);
  const std::string id = Warn("C1", 2, RiskLevel::kOrange, 0.6);
  v1::Alert alert;
  ASSERT_TRUE(Acknowledge("r1", id, 1, &alert).ok());
  EXPECT_EQ(alert.state(), v1::ALERT_STATE_ACKNOWLEDGED);
  EXPECT_EQ(alert.actor(), "banzhang-1");
  EXPECT_EQ(alert.version(), 2);
  v1::TakeOverCallRequest take_over;
  take_over.set_request_id("r2");
  take_over.set_alert_id(id);
  take_over.set_expected_version(2);
  v1::TakeOverCallResponse taken;
  ASSERT_TRUE(Call(&Stub::TakeOverCall, take_over, taken).ok());
  EXPECT_EQ(taken.alert().state(), v1::ALERT_STATE_TAKEN_OVER);
  ASSERT_TRUE(Judge("r3", id, 3, v1::VERDICT_RIGHT, "来电人电话13812345678，判断准确", &alert).ok());
  EXPECT_EQ(alert.verdict(), v1::VERDICT_RIGHT);
  EXPECT_EQ(alert.verdict_note(), "来电人电话[电话]，判断准确");

  const std::vector<v1::Alert> told = AwaitAlerts("C1", 4);
  ASSERT_THAT(told, SizeIs(4));
  for (int i = 0; i < 4; ++i) EXPECT_EQ(told[static_cast<std::size_t>(i)].version(), i + 1);
  EXPECT_EQ(told[0].state(), v1::ALERT_STATE_RAISED);
  EXPECT_EQ(told[0].raised_at().seconds(), 1'772'500'002) << "by the call's clock";
  EXPECT_EQ(told[0].reasons(0).words(), "第三次打来");
  EXPECT_EQ(told[3].verdict(), v1::VERDICT_RIGHT);
}

TEST_F(AlertsTest, AnswersARepeatedRequestAsTheFirstTimeAndRefusesAnotherUnderItsId) {
  HoldCall("C1", 1);
  const std::string id = Warn("C1", 1, RiskLevel::kRed, 0.9);
  v1::Alert first;
  ASSERT_TRUE(Acknowledge("r1", id, 1, &first).ok());
  v1::Alert again;
  ASSERT_TRUE(Acknowledge("r1", id, 1, &again).ok());
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  EXPECT_TRUE(absl::IsAlreadyExists(Acknowledge("r1", id, 2)));
  EXPECT_TRUE(absl::IsAborted(Acknowledge("r2", id, 1))) << "the version is stale";
  v1::Alert same;
  ASSERT_TRUE(Acknowledge("r3", id, 2, &same).ok());
  EXPECT_EQ(same.version(), 2) << "it was so already";
  EXPECT_THAT(AwaitAlerts("C1", 2), SizeIs(2));
}

TEST_F(AlertsTest, RefusesWhatCannotBe) {
  HoldCall("C1", 1);
  const std::string id = Warn("C1", 1, RiskLevel::kRed, 0.9);
  EXPECT_TRUE(absl::IsNotFound(Acknowledge("r1", "nobody", 1)));
  EXPECT_TRUE(absl::IsPermissionDenied(Acknowledge("r1", id, 1, nullptr, Role::kAgent)));
  EXPECT_TRUE(absl::IsFailedPrecondition(Judge("r2", id, 1, v1::VERDICT_RIGHT))) << "nobody has looked at it";
  EXPECT_TRUE(absl::IsNotFound(ReportMissed("r3", "nobody", 1)));
  EXPECT_TRUE(absl::IsFailedPrecondition(ReportMissed("r4", "C1", 1))) << "it has an alert";

  const absl::Status change = Acknowledge("r5", "", 0);
  EXPECT_TRUE(absl::IsInvalidArgument(change));
  EXPECT_THAT(platform::Explain(change), AllOf(HasSubstr("alert_id"), HasSubstr("expected_version")));
  std::string long_note;
  for (int i = 0; i < 1001; ++i) long_note += "长";
  const absl::Status judged = Judge("r6", id, 1, v1::VERDICT_UNSPECIFIED, long_note);
  EXPECT_THAT(platform::Explain(judged), AllOf(HasSubstr("verdict"), HasSubstr("note")));
  EXPECT_THAT(platform::Explain(Judge("r7", id, 1, static_cast<v1::Verdict>(99))), HasSubstr("verdict"));
  const absl::Status missed = ReportMissed("r8", "", 0, long_note);
  EXPECT_THAT(platform::Explain(missed), AllOf(HasSubstr("call_id"), HasSubstr("turn"), HasSubstr("note")));

  v1::ListAlertsRequest list;
  list.set_page_size(1001);
  list.set_page_token("?");
  list.set_state(static_cast<v1::AlertState>(99));
  list.set_min_level(static_cast<common::v1::RiskLevel>(99));
  v1::ListAlertsResponse listed;
  const absl::Status refused = Call(&Stub::ListAlerts, list, listed);
  EXPECT_TRUE(absl::IsInvalidArgument(refused));
  EXPECT_THAT(platform::Explain(refused),
              AllOf(HasSubstr("page_size"), HasSubstr("page_token"), HasSubstr("state"), HasSubstr("min_level")));
  EXPECT_TRUE(absl::IsPermissionDenied(Call(&Stub::ListAlerts, {}, listed, Role::kAgent)));

  v1::GetCalibrationRequest calibration;
  calibration.mutable_since()->set_seconds(2);
  calibration.mutable_until()->set_seconds(1);
  v1::GetCalibrationResponse calibrated;
  EXPECT_THAT(platform::Explain(Call(&Stub::GetCalibration, calibration, calibrated)), HasSubstr("since"));

  grpc::ClientContext context;
  platform::Prepare(context, {"banzhang-1", Role::kSupervisor},
                    std::chrono::steady_clock::now() + std::chrono::seconds{20});
  v1::WatchAlertsRequest watch;
  watch.set_cursor(-2);
  const auto stream = stub_->WatchAlerts(&context, watch);
  v1::WatchAlertsResponse none;
  EXPECT_FALSE(stream->Read(&none));
  EXPECT_THAT(platform::Explain(platform::FromGrpcStatus(stream->Finish())), HasSubstr("cursor"));
}

TEST_F(AlertsTest, ListsTheLatestFirstPageByPageWithinItsQuestion) {
  for (const int turn : {1, 2, 3}) Warn("C" + std::to_string(turn), turn, RiskLevel::kOrange, 0.6);
  const std::string red = Warn("C3", 4, RiskLevel::kRed, 0.9);
  Warn("D1", 1, RiskLevel::kRed, 0.9, "hailan");
  EXPECT_THAT(List().alerts(), SizeIs(5));
  EXPECT_THAT(List("C3").alerts(), SizeIs(2));
  EXPECT_THAT(List("", "hailan").alerts(), SizeIs(1));

  v1::ListAlertsRequest request;
  request.set_site("yunzhou");
  request.set_page_size(3);
  v1::ListAlertsResponse page;
  ASSERT_TRUE(Call(&Stub::ListAlerts, request, page).ok());
  ASSERT_THAT(page.alerts(), SizeIs(3));
  EXPECT_EQ(page.alerts(0).alert_id(), red);
  request.set_page_token(page.next_page_token());
  v1::ListAlertsResponse rest;
  ASSERT_TRUE(Call(&Stub::ListAlerts, request, rest).ok());
  ASSERT_THAT(rest.alerts(), SizeIs(1));
  EXPECT_EQ(rest.alerts(0).call_id(), "C1");
  EXPECT_EQ(rest.next_page_token(), "");
  request.set_site("hailan");
  EXPECT_TRUE(absl::IsInvalidArgument(Call(&Stub::ListAlerts, request, rest))) << "a token goes on with its question";

  ASSERT_TRUE(Acknowledge("r1", red, 1).ok());
  v1::ListAlertsRequest acknowledged;
  acknowledged.set_state(v1::ALERT_STATE_ACKNOWLEDGED);
  v1::ListAlertsResponse found;
  ASSERT_TRUE(Call(&Stub::ListAlerts, acknowledged, found).ok());
  ASSERT_THAT(found.alerts(), SizeIs(1));
  EXPECT_EQ(found.alerts(0).alert_id(), red);
  v1::ListAlertsRequest reds;
  reds.set_min_level(RISK_LEVEL_RED);
  ASSERT_TRUE(Call(&Stub::ListAlerts, reds, found).ok());
  EXPECT_THAT(found.alerts(), SizeIs(2));
}

TEST_F(AlertsTest, WatchersGoOnWhereTheyWereCut) {
  Warn("C1", 1, RiskLevel::kOrange, 0.6);
  Warn("D1", 1, RiskLevel::kRed, 0.9, "hailan");
  const std::string red = Warn("C1", 2, RiskLevel::kRed, 0.9);
  std::int64_t cursor = 0;
  EXPECT_EQ(Watch(cursor, 1)[0].level(), RISK_LEVEL_ORANGE);
  const std::vector<v1::Alert> rest = Watch(cursor, 2);
  EXPECT_EQ(rest[0].site(), "hailan");
  EXPECT_EQ(rest[1].alert_id(), red);
  std::int64_t of_site = 0;
  const std::vector<v1::Alert> yunzhou = Watch(of_site, 2, "yunzhou");
  EXPECT_EQ(yunzhou[1].alert_id(), red) << "another site's are left out";

  Stop();
  Start();
  ASSERT_TRUE(Acknowledge("r1", red, 1).ok());
  EXPECT_EQ(Watch(cursor, 1)[0].state(), v1::ALERT_STATE_ACKNOWLEDGED) << "across a restart";
}

TEST_F(AlertsTest, AWatcherOfNewOnesHearsThemWhenTheyComeAndNoOldOnes) {
  Warn("C1", 1, RiskLevel::kOrange, 0.6);
  grpc::ClientContext context;
  platform::Prepare(context, {"banzhang-1", Role::kSupervisor},
                    std::chrono::steady_clock::now() + std::chrono::seconds{20});
  v1::WatchAlertsRequest request;
  request.set_cursor(-1);
  request.set_site("yunzhou");
  const auto stream = stub_->WatchAlerts(&context, request);
  // When the stream begins to watch cannot be seen: warnings come until it hears one.
  std::atomic<bool> heard = false;
  std::thread warnings{[&] {
    for (int i = 2; i < 1'000 && !heard; ++i) Warn("C" + std::to_string(i), 1, RiskLevel::kOrange, 0.6);
  }};
  v1::WatchAlertsResponse response;
  const bool read = stream->Read(&response);
  heard = true;
  warnings.join();
  ASSERT_TRUE(read);
  EXPECT_NE(response.alert().call_id(), "C1");
  context.TryCancel();
}

TEST_F(AlertsTest, CalibratesByWhatSupervisorsSaid) {
  const v1::GetCalibrationResponse nothing = Calibration();
  EXPECT_EQ(nothing.precision(), 0);
  EXPECT_EQ(nothing.recall(), 0);

  HoldCall("C1", 10);
  HoldCall("C2", 6);
  HoldCall("C3", 4);
  HoldCall("C4", 4);
  HoldCall("C5", 4, /*close=*/false);
  HoldCall("C6", 3);
  AcknowledgeAndJudge(Warn("C1", 2, RiskLevel::kOrange, 0.6), v1::VERDICT_RIGHT);  // 8 turns ahead.
  AcknowledgeAndJudge(Warn("C1", 6, RiskLevel::kRed, 0.9), v1::VERDICT_RIGHT);     // 4 turns ahead.
  AcknowledgeAndJudge(Warn("C2", 3, RiskLevel::kOrange, 0.8), v1::VERDICT_FALSE_ALARM);
  AcknowledgeAndJudge(Warn("C3", 3, RiskLevel::kOrange, 0.7), v1::VERDICT_TOO_LATE);
  AcknowledgeAndJudge(Warn("C5", 1, RiskLevel::kRed, 0.95), v1::VERDICT_RIGHT);  // Its call goes on.
  Warn("C2", 5, RiskLevel::kRed, 0.99);                                          // Nobody judged it.
  ASSERT_TRUE(ReportMissed("m1", "C4", 2, "应当预警").ok());
  ASSERT_TRUE(ReportMissed("m2", "C4", 3, "应当更早预警").ok()) << "missed once, however often it is said";
  ASSERT_TRUE(ReportMissed("m3", "C6", 1).ok());
  HoldCall("C7", 2, /*close=*/false);
  ASSERT_TRUE(ReportMissed("m5", "C7", 1).ok());
  Warn("C7", 2, RiskLevel::kOrange, 0.6);  // Late, but there: not missed.
  EXPECT_TRUE(absl::IsInvalidArgument(ReportMissed("m4", "C6", 4))) << "it has no such turn";

  const v1::GetCalibrationResponse told = Calibration("yunzhou");
  EXPECT_EQ(told.calls(), 7);
  EXPECT_EQ(told.alerts(), 7);
  EXPECT_EQ(told.judged(), 5);
  EXPECT_EQ(told.right(), 3);
  EXPECT_EQ(told.false_alarms(), 1);
  EXPECT_EQ(told.missed(), 2);
  EXPECT_DOUBLE_EQ(told.precision(), 3.0 / 5);
  EXPECT_DOUBLE_EQ(told.recall(), 3.0 / 5);
  EXPECT_DOUBLE_EQ(told.mean_lead_turns(), 6.0);
  ASSERT_THAT(told.levels(), SizeIs(2));
  EXPECT_EQ(told.levels(0).level(), RISK_LEVEL_ORANGE);
  EXPECT_EQ(told.levels(0).judged(), 3);
  EXPECT_EQ(told.levels(0).right(), 1);
  EXPECT_DOUBLE_EQ(told.levels(0).mean_risk(), 0.7);
  EXPECT_EQ(told.levels(1).judged(), 2);
  EXPECT_EQ(told.levels(1).right(), 2);
  EXPECT_EQ(Calibration("hailan").judged(), 0);

  // Judgements count when they were given, calls and warnings when they happened.
  v1::GetCalibrationRequest of_the_call_day;
  of_the_call_day.mutable_since()->set_seconds(1'772'500'000);
  of_the_call_day.mutable_until()->set_seconds(1'772'586'400);
  v1::GetCalibrationResponse day;
  ASSERT_TRUE(Call(&Stub::GetCalibration, of_the_call_day, day).ok());
  EXPECT_EQ(day.calls(), 7);
  EXPECT_EQ(day.alerts(), 7);
  EXPECT_EQ(day.judged(), 0);
  EXPECT_EQ(day.missed(), 0);
}

}  // namespace
}  // namespace hotline::escalation
