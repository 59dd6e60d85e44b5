// Two processes of the service on one record that share a Redis: what was retired is served by neither.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/redis_testing.h"
#include "knowledge/adapters/outbox_events.h"
#include "knowledge/adapters/shared_choice_cache.h"
#include "knowledge/adapters/sql_knowledge_table.h"
#include "knowledge/adapters/xapian_index.h"
#include "knowledge/app/answerer.h"
#include "knowledge/app/librarian.h"
#include "knowledge/app/library.h"
#include "knowledge/module.h"
#include "platform/cache/layered_cache.h"
#include "platform/config/config.h"
#include "platform/runtime/process.h"

namespace hotline::knowledge {
namespace {

using platform::testing::Eventually;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr const char* kQuestion = "家里暖气只有十七度，热费能退吗？";
constexpr const char* kRegion = "云州市";
constexpr const char* kDay = "2026-03-03";

/// Does nothing: the process is here for its resources.
class Idle final : public platform::Module {
 public:
  void Register(grpc::ServerBuilder&) override {}
  void Start() override {}
  void Stop() override {}
};

/// What one process of the service answers with: its own memory over the Redis of all.
class Desk {
 public:
  explicit Desk(platform::Resources& resources)
      : cache_{1'000'000,
               Serving(platform::OpenRedisCache(platform::testing::Patient(platform::testing::SharedRedis()), metrics)),
               metrics},
        choices_{cache_, resources.sealer},
        library_{resources.store, table_, index_, [this] { return now; }},
        answerer_{library_, choices_, clock, at_once_, AnswerPolicy{}} {}

  Answered Ask() { return answerer_.Ask({kQuestion, kRegion, kDay}); }
  /// Where the answer to the question lies now.
  ChoiceKey Key() {
    const Freshness freshness = library_.Freshen();
    return {freshness.knowledge_version, freshness.newest_change, kRegion, kDay, kQuestion};
  }
  ChoiceCache& choices() { return choices_; }

  std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now();
  platform::testing::FakeClock clock;
  platform::testing::CountingMetrics metrics;

 private:
  /// Asked before there is a memory in front of it, which would answer for it.
  static std::unique_ptr<platform::Cache> Serving(std::unique_ptr<platform::Cache> redis) {
    if (!platform::testing::Serves(*redis)) throw std::runtime_error{"no Redis"};
    return redis;
  }

  const Answerer::Background at_once_ = [](const std::function<void()>& work) {
    work();
    return true;
  };
  SqlKnowledgeTable table_;
  XapianIndex index_;
  platform::LayeredCache cache_;
  SharedChoiceCache choices_;
  Library library_;
  Answerer answerer_;
};

class RedisKnowledgeTest : public testing::Test {
 protected:
  RedisKnowledgeTest() {
    platform::testing::SharedRedis().Ask({"FLUSHALL"});
    const auto config = platform::Config::Load(
        {}, {}, {{"data_dir", folder_ / "data"}, {"listen", "127.0.0.1:0"}, {"metrics_listen", ""}});
    auto process = platform::Process::Start(*config, {{"knowledge", [&](platform::Resources& given) {
                                                         service_ = MakeModule(given);  // Migrates.
                                                         resources_ = &given;
                                                         return std::make_unique<Idle>();
                                                       }}});
    if (!process.ok()) throw std::runtime_error{process.status().ToString()};
    process_ = *std::move(process);
    Publish("P2");
    one_ = std::make_unique<Desk>(*resources_);
    other_ = std::make_unique<Desk>(*resources_);
  }
  ~RedisKnowledgeTest() override {
    one_.reset();
    other_.reset();
    service_.reset();
    process_.reset();
  }

  void Commit(const std::function<void(Transaction&)>& change) {
    const absl::Status committed = resources_->store.InTransaction([&](Transaction& tx) {
      change(tx);
      return absl::OkStatus();
    });
    ASSERT_TRUE(committed.ok()) << committed;
  }
  void Publish(const std::string& id) {
    Commit([&](Transaction& tx) {
      const Article article{.id = id,
                            .title = "供热管理办法",
                            .region = kRegion,
                            .document_number = "云政规〔2025〕3号",
                            .effective_from = "2025-10-01",
                            .text = "家里暖气室温不低于二十度，不达标的按日退还热费。",
                            .questions = {"家里暖气不热热费能退吗"}};
      librarian_.Publish(tx, {&article, 1}, Time{});
    });
  }
  void Retire(const std::string& id) {
    Commit([&](Transaction& tx) { EXPECT_TRUE(librarian_.Retire(tx, id, Time{}).ok()); });
  }

  /// The names of the choices in Redis, a line each, once there are so many: nobody who puts one there waits for it.
  static std::string AwaitChoices(std::ptrdiff_t count) {
    std::string names;
    EXPECT_TRUE(Eventually([&] {
      names = platform::testing::SharedRedis().Ask({"KEYS", "*choice*"});
      return std::count(names.begin(), names.end(), '\n') == count;
    })) << names;
    return names;
  }
  /// Whether the process finds the answer in Redis or its memory.
  static bool Kept(Desk& desk) { return desk.choices().Find(desk.Key()).has_value(); }

  platform::testing::TemporaryFolder folder_;
  std::unique_ptr<platform::Module> service_;
  std::unique_ptr<platform::Process> process_;
  platform::Resources* resources_ = nullptr;
  SqlKnowledgeTable table_;
  OutboxEvents events_;
  Librarian librarian_{table_, events_};
  std::unique_ptr<Desk> one_;
  std::unique_ptr<Desk> other_;
};

TEST_F(RedisKnowledgeTest, OneProcessFindsWhatAnotherChose) {
  ASSERT_TRUE(one_->Ask().choice.answer);
  ASSERT_TRUE(Eventually([&] { return Kept(*other_); }));  // Nobody waits for Redis to take it.
  // A mark that only the cache can have brought.
  RememberedChoice remembered = *other_->choices().Find(other_->Key());
  remembered.note = "from the cache";
  one_->choices().Put(one_->Key(), remembered);
  ASSERT_TRUE(Eventually([&] {
    Desk fresh{*resources_};
    const auto kept = fresh.choices().Find(fresh.Key());
    return kept && kept->note == "from the cache";
  }));
  Desk third{*resources_};
  const Answered answered = third.Ask();
  EXPECT_EQ(answered.choice.note, "from the cache");
  ASSERT_TRUE(answered.choice.answer);
  EXPECT_EQ(answered.choice.answer->article.id, "P2");
  EXPECT_EQ(answered.choice.answer->article.document_number, "云政规〔2025〕3号");
}

TEST_F(RedisKnowledgeTest, WhatWasRetiredIsServedByNobodyWithinTwoSeconds) {
  for (Desk* desk : {one_.get(), other_.get()}) ASSERT_TRUE(desk->Ask().choice.answer);
  Retire("P2");
  for (Desk* desk : {one_.get(), other_.get()}) {
    desk->now += seconds{2};
    EXPECT_FALSE(desk->Ask().choice.answer);
  }
  Desk third{*resources_};
  EXPECT_FALSE(third.Ask().choice.answer);
}

TEST_F(RedisKnowledgeTest, ARetiredArticleIsNotServedWhateverTheCacheSays) {
  ASSERT_TRUE(one_->Ask().choice.answer);
  const RememberedChoice old = *one_->choices().Find(one_->Key());
  Retire("P2");
  one_->now += seconds{2};
  // What a process that has not heard of it, or a bug, could put where the new answers lie.
  one_->choices().Put(one_->Key(), old);
  AwaitChoices(2);  // With what was kept before.
  for (Desk* desk : {one_.get(), other_.get()}) {
    desk->now += seconds{2};
    ASSERT_TRUE(Kept(*desk));
    EXPECT_FALSE(desk->Ask().choice.answer);
  }
}

TEST_F(RedisKnowledgeTest, WhatAStrangerPutDoesNotOpen) {
  ASSERT_TRUE(one_->Ask().choice.answer);
  auto& redis = platform::testing::SharedRedis();
  AwaitChoices(1);
  Publish("P3");  // Another version, another key.
  one_->now += seconds{2};
  const RememberedChoice poison{.article_id = "P3", .article_version = 1, .note = "poison"};
  platform::testing::CountingMetrics metrics;
  const auto raw = platform::OpenRedisCache(platform::testing::Patient(redis), metrics);
  ASSERT_TRUE(platform::testing::Serves(*raw));
  // Put by somebody who can write to Redis in our format, but has no key of ours.
  platform::testing::TemporaryFolder stranger;
  const auto sealer = platform::Sealer::Open(stranger / "keyring.json");
  ASSERT_TRUE(sealer.ok());
  SharedChoiceCache forged{*raw, **sealer};
  forged.Put(one_->Key(), poison);
  ASSERT_TRUE(forged.Find(one_->Key()));
  const Answered answered = one_->Ask();
  ASSERT_TRUE(answered.choice.answer);
  EXPECT_NE(answered.choice.note, "poison");
}

TEST_F(RedisKnowledgeTest, BytesMovedToAnotherKeyDoNotOpen) {
  ASSERT_TRUE(one_->Ask().choice.answer);
  ASSERT_TRUE(Kept(*one_));
  auto& redis = platform::testing::SharedRedis();
  const std::string prefix = "hotline/1/";
  std::string old_name = AwaitChoices(1).substr(prefix.size());
  old_name.pop_back();  // The end of its line.
  platform::testing::CountingMetrics metrics;
  const auto raw = platform::OpenRedisCache(platform::testing::Patient(redis), metrics);
  ASSERT_TRUE(platform::testing::Serves(*raw));
  const std::optional<std::string> old = raw->Get(old_name);
  ASSERT_TRUE(old);
  Publish("P3");  // Another version, another key: what is kept there now is kept elsewhere.
  for (Desk* desk : {one_.get(), other_.get()}) desk->now += seconds{2};
  ASSERT_TRUE(one_->Ask().choice.answer);
  ASSERT_TRUE(Kept(*one_));
  std::istringstream keys{AwaitChoices(2)};
  for (std::string key; std::getline(keys, key);) raw->Put(key.substr(prefix.size()), *old, seconds{60});
  ASSERT_EQ(raw->Get(old_name), old);
  EXPECT_FALSE(Kept(*other_));
  EXPECT_TRUE(other_->Ask().choice.answer);
}

TEST_F(RedisKnowledgeTest, KeysAndValuesHoldNoWordsOfACaller) {
  ASSERT_TRUE(one_->Ask().choice.answer);
  auto& redis = platform::testing::SharedRedis();
  AwaitChoices(1);
  std::string all = redis.Ask({"KEYS", "*"});
  std::istringstream keys{all};
  for (std::string key; std::getline(keys, key);) all += redis.Ask({"GET", key});
  EXPECT_THAT(all, testing::HasSubstr("knowledge/choice/"));
  for (const char* words : {"暖气", "热费", "云州"}) EXPECT_THAT(all, testing::Not(testing::HasSubstr(words)));
}

TEST_F(RedisKnowledgeTest, AnOldChoiceIsServedAndMadeAnew) {
  ASSERT_TRUE(one_->Ask().choice.answer);
  RememberedChoice remembered = *one_->choices().Find(one_->Key());
  remembered.note = "old";
  one_->choices().Put(one_->Key(), remembered);
  one_->clock.Move(minutes{5});
  EXPECT_EQ(one_->Ask().choice.note, "old");  // Nobody waits …
  EXPECT_EQ(one_->Ask().choice.note, "");     // … and the next has the new one.
}

TEST_F(RedisKnowledgeTest, WithRedisGoneTheAnswersAreTheSame) {
  const Answered before = one_->Ask();
  platform::testing::SharedRedis().Kill();
  Desk* const desks[] = {one_.get(), other_.get()};
  for (Desk* desk : desks) {
    const Answered answered = desk->Ask();
    ASSERT_TRUE(answered.choice.answer);
    EXPECT_EQ(answered.choice.answer->article.id, before.choice.answer->article.id);
  }
  Retire("P2");
  for (Desk* desk : desks) {
    desk->now += seconds{2};
    EXPECT_FALSE(desk->Ask().choice.answer);
  }
  platform::testing::SharedRedis().Start();
}

}  // namespace
}  // namespace hotline::knowledge
