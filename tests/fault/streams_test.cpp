// What may come by the bus of a real cluster beside its own good events: poison, and repeats in another order.
// tests/fault/streams runs them.
#include <hotline/intake/v1/intake_events.pb.h>

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <nlohmann/json.hpp>

#include "streams_fixture.h"
#include "support/event_log.h"
#include "support/server.h"

namespace hotline::tests {
namespace {

using platform::Event;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::Each;
using testing::IsEmpty;
using testing::SizeIs;

constexpr int kPoison = 200;

/// `hotline deadletters` of classification, as a person uses it.
class Letters {
 public:
  explicit Letters(std::string address) : address_{std::move(address)} {}

  [[nodiscard]] CommandResult Command(std::vector<std::string> words) const {
    words.insert(words.begin(), "deadletters");
    words.insert(words.end(), {"--address", address_});
    return RunHotline(words);
  }

  [[nodiscard]] std::vector<nlohmann::json> List() const {
    const CommandResult listed = Command({"list", "--json", "--service", "classification"});
    EXPECT_EQ(listed.status, 0) << listed.err;
    std::vector<nlohmann::json> letters;
    std::istringstream lines{listed.out};
    for (std::string line; std::getline(lines, line);) letters.push_back(nlohmann::json::parse(line));
    return letters;
  }

  /// Until there are so many; returns those there are in the end.
  [[nodiscard]] std::vector<nlohmann::json> Await(std::size_t count) const {
    const auto patience = steady_clock::now() + seconds{30};
    std::vector<nlohmann::json> letters = List();
    while (letters.size() != count && steady_clock::now() < patience) {
      std::this_thread::sleep_for(milliseconds{200});
      letters = List();
    }
    return letters;
  }

 private:
  const std::string address_;
};

/// Four kinds of an event that cannot be applied, and behind each a good one of its key.
std::vector<std::pair<std::string, bool>> PoisonPayloads() {
  intake::v1::TurnAppended of_nobody;
  of_nobody.set_call_id("poison");
  of_nobody.set_turn(1);
  intake::v1::TurnAppended never_opened;
  never_opened.set_call_id("never-opened");
  never_opened.set_turn(1);
  never_opened.set_speaker(common::v1::SPEAKER_CALLER);
  never_opened.set_text("路灯坏了");
  return {{"not sealed at all", false},
          {"\x0a\xff no protobuf", true},
          {of_nobody.SerializeAsString(), true},
          {never_opened.SerializeAsString(), true}};
}

TEST_F(StreamsTest, PoisonParksItsOwnKeysAndNothingElse) {
  const auto payloads = PoisonPayloads();
  std::vector<Event> poison;
  for (int i = 0; i < kPoison; ++i) {
    const std::string key = absl::StrCat("poison/", i);
    const auto& [payload, sealed] = payloads[static_cast<std::size_t>(i) % payloads.size()];
    poison.push_back(FromIntake("hotline.intake.v1.TurnAppended", key, 1, payload, sealed));
    intake::v1::CallOpened behind;
    behind.set_call_id(absl::StrCat("behind-", i));
    behind.set_site("poison");
    poison.push_back(FromIntake("hotline.intake.v1.CallOpened", key, 2, behind.SerializeAsString()));
  }
  Ledger ledger{"good"};
  File(ledger, [&] { Append(platform::kCallsTopic, poison); });
  EXPECT_THAT(RecordDifferences(cluster_->NewChannel(), ledger), IsEmpty());
  EXPECT_THAT(LogDifferences(*cluster_, "good"), IsEmpty());
  EXPECT_THAT(DeadLetters(*cluster_, "good"), IsEmpty());

  const Letters letters{cluster_->AddressOf("classification-1")};
  std::vector<nlohmann::json> dead = letters.Await(kPoison);
  std::set<std::string> keys;
  for (const auto& letter : dead) {
    keys.insert(letter["key"].get<std::string>());
    EXPECT_EQ(letter["queued_behind"], 1) << letter;
  }
  EXPECT_THAT(keys, SizeIs(kPoison));
  EXPECT_THAT(keys, Each(testing::StartsWith("poison/")));

  // Redriven, they are what they were; skipped, those behind them go on.
  ASSERT_EQ(letters.Command({"redrive", "--all", "--service", "classification"}).status, 0);
  dead = letters.Await(kPoison);
  ASSERT_THAT(dead, SizeIs(kPoison));
  std::vector<std::string> skip = {"skip"};
  for (const auto& letter : dead) skip.push_back(letter["letter"].get<std::string>());
  const CommandResult skipped = letters.Command(skip);
  EXPECT_EQ(skipped.status, 0) << skipped.err;
  EXPECT_EQ(std::count(skipped.out.begin(), skipped.out.end(), '\n'), kPoison);
  EXPECT_THAT(letters.Await(0), IsEmpty());
}

TEST_F(StreamsTest, ADeadLetterWhoseReasonIsMendedIsRedrivenWithThoseBehindIt) {
  intake::v1::CallOpened opened;
  opened.set_call_id("mended");
  opened.set_site("mended");
  intake::v1::TurnAppended turn;
  turn.set_call_id("mended");
  turn.set_site("mended");
  turn.set_speaker(common::v1::SPEAKER_CALLER);
  turn.set_text("路灯坏了");
  std::vector<Event> early;
  for (int i = 1; i <= 2; ++i) {
    turn.set_turn(i);
    early.push_back(FromIntake("hotline.intake.v1.TurnAppended", "mended/early", static_cast<std::uint64_t>(i),
                               turn.SerializeAsString()));
  }
  Append(platform::kCallsTopic, early);
  const Letters letters{cluster_->AddressOf("classification-1")};
  ASSERT_THAT(letters.Await(1), SizeIs(1));
  Append(platform::kCallsTopic,
         {FromIntake("hotline.intake.v1.CallOpened", "mended/opening", 1, opened.SerializeAsString())});
  AwaitReaders();
  ASSERT_EQ(letters.Command({"redrive", "--all", "--service", "classification"}).status, 0);
  ASSERT_THAT(letters.Await(0), IsEmpty());
  std::size_t understood = 0;
  const auto patience = steady_clock::now() + seconds{30};
  while (understood < 2 && steady_clock::now() < patience) {
    const std::vector<Event> events = Read(platform::kAssessmentsTopic);
    understood = static_cast<std::size_t>(std::count_if(events.begin(), events.end(), [](const Event& event) {
      return event.key == "mended/mended" && event.source == "hotline/classification";
    }));
  }
  EXPECT_EQ(understood, 2U);
}

TEST_F(StreamsTest, EveryEventAgainWithItsKeysInAnotherOrderChangesNothing) {
  Ledger ledger{"twice"};
  File(ledger, [] {});
  ASSERT_THAT(RecordDifferences(cluster_->NewChannel(), ledger), IsEmpty());
  AwaitReaders();
  std::size_t repeated = 0;
  for (const platform::Topic& topic : platform::AllTopics()) {
    std::map<std::string, std::vector<Event>, std::greater<>> by_key;
    for (const Event& event : Read(topic.name)) {
      if (absl::StartsWith(event.key, "twice/")) by_key[event.key].push_back(event);
    }
    // Once key after key, from the last; then in turn, each from its beginning.
    std::vector<Event> again;
    for (const auto& [key, events] : by_key) again.insert(again.end(), events.begin(), events.end());
    for (std::size_t i = 0, added = 1; added > 0; ++i) {
      added = 0;
      for (const auto& [key, events] : by_key) {
        if (i < events.size()) again.push_back(events[i]), ++added;
      }
    }
    repeated += again.size();
    Append(topic.name, again);
  }
  ASSERT_GT(repeated, 8 * kMessages) << "too few to say anything";
  AwaitReaders();
  EXPECT_THAT(RecordDifferences(cluster_->NewChannel(), ledger), IsEmpty());
  EXPECT_THAT(LogDifferences(*cluster_, "twice"), IsEmpty());
  EXPECT_THAT(DeadLetters(*cluster_, "twice"), IsEmpty());
}

}  // namespace
}  // namespace hotline::tests
