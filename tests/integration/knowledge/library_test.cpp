// How fresh a process's knowledge is when another one changes the record, or when the record is away.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "knowledge/adapters/outbox_events.h"
#include "knowledge/adapters/sql_knowledge_table.h"
#include "knowledge/adapters/xapian_index.h"
#include "knowledge/app/answerer.h"
#include "knowledge/app/librarian.h"
#include "knowledge/app/library.h"
#include "knowledge/module.h"
#include "platform/config/config.h"
#include "platform/runtime/process.h"
#include "support/store_choice.h"

namespace hotline::knowledge {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr const char* kQuestion = "家里暖气只有十七度，热费能退吗？";

/// The real store behind a switch.
class SwitchedStore final : public platform::Store {
 public:
  explicit SwitchedStore(platform::Store& store) : store_{store} {}
  absl::Status MigrateTo(std::span<const platform::Migration> migrations, std::int64_t id) override {
    return store_.MigrateTo(migrations, id);
  }
  void Submit(Work work, std::chrono::steady_clock::time_point deadline, Done done) override {
    store_.Submit(std::move(work), deadline, std::move(done));
  }
  absl::Status Read(const std::function<absl::Status(platform::Session&)>& work) override {
    if (away) return absl::UnavailableError("switched off");
    return store_.Read(work);
  }
  void OnPublished(std::function<void()> listener) override { store_.OnPublished(std::move(listener)); }

  bool away = false;

 private:
  platform::Store& store_;
};

class NoCache final : public ChoiceCache {
 public:
  std::optional<RememberedChoice> Find(const ChoiceKey&) override { return std::nullopt; }
  void Put(const ChoiceKey&, const RememberedChoice&) override {}
};

/// Does nothing: the process is here for its resources.
class Idle final : public platform::Module {
 public:
  void Register(grpc::ServerBuilder&) override {}
  void Start() override {}
  void Stop() override {}
};

class LibraryTest : public testing::Test {
 protected:
  LibraryTest() {
    std::string name = (std::filesystem::temp_directory_path() / "hotline-library-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    const auto config =
        platform::Config::Load({}, tests::StoreOf(folder_),
                               {{"data_dir", folder_ / "data"}, {"listen", "127.0.0.1:0"}, {"metrics_listen", ""}});
    platform::Resources* resources = nullptr;
    auto process = platform::Process::Start(*config, {{"knowledge", [&](platform::Resources& given) {
                                                         service_ = MakeModule(given);  // Migrates.
                                                         resources = &given;
                                                         return std::make_unique<Idle>();
                                                       }}});
    if (!process.ok()) throw std::runtime_error{process.status().ToString()};
    process_ = *std::move(process);
    store_ = std::make_unique<SwitchedStore>(resources->store);
    library_ = std::make_unique<Library>(*store_, table_, index_, [this] { return now_; });
    answerer_ = std::make_unique<Answerer>(*library_, no_cache_, wall_clock_, at_once_, AnswerPolicy{});
    Change([this](Transaction& tx) {
      const Article article{.id = "P2",
                            .title = "供热管理办法",
                            .region = "云州市",
                            .document_number = "云政规〔2025〕3号",
                            .effective_from = "2025-10-01",
                            .text = "家里暖气室温不低于二十度，不达标的按日退还热费。",
                            .questions = {"家里暖气不热热费能退吗"}};
      librarian_.Publish(tx, {&article, 1}, Time{});
    });
  }
  ~LibraryTest() override {
    answerer_.reset();
    library_.reset();
    service_.reset();
    process_.reset();
    std::filesystem::remove_all(folder_);
  }

  /// What another process of the service does to the record: nobody tells this one.
  void Change(const std::function<void(Transaction&)>& change) {
    const absl::Status committed = store_->InTransaction([&](Transaction& tx) {
      change(tx);
      return absl::OkStatus();
    });
    ASSERT_TRUE(committed.ok()) << committed;
  }

  Answered Ask() { return answerer_->Ask({kQuestion, "云州市", "2026-03-03"}); }

  std::filesystem::path folder_;
  std::unique_ptr<platform::Module> service_;
  std::unique_ptr<platform::Process> process_;
  std::unique_ptr<SwitchedStore> store_;
  SqlKnowledgeTable table_;
  XapianIndex index_;
  OutboxEvents events_;
  Librarian librarian_{table_, events_};
  NoCache no_cache_;
  const platform::WallClock wall_clock_;
  const Answerer::Background at_once_ = [](const std::function<void()>& work) {
    work();
    return true;
  };
  std::chrono::steady_clock::time_point now_ = std::chrono::steady_clock::now();
  std::unique_ptr<Library> library_;
  std::unique_ptr<Answerer> answerer_;
};

TEST_F(LibraryTest, WhatAnotherProcessRetiredIsGoneWithinASecondWithoutTheBus) {
  ASSERT_TRUE(Ask().choice.answer);
  Change([this](Transaction& tx) { EXPECT_TRUE(librarian_.Retire(tx, "P2", Time{}).ok()); });
  now_ += seconds{1};
  EXPECT_FALSE(Ask().choice.answer);
}

TEST_F(LibraryTest, WithTheRecordAwayAnAnswerSaysHowOldItIsAndThenThereIsNone) {
  ASSERT_TRUE(Ask().choice.answer);
  EXPECT_FALSE(Ask().freshness.unconfirmed);
  store_->away = true;
  now_ += seconds{90};
  Answered answered = Ask();
  ASSERT_TRUE(answered.choice.answer);
  EXPECT_EQ(answered.freshness.unconfirmed, seconds{90});

  now_ += minutes{4};
  answered = Ask();
  EXPECT_FALSE(answered.choice.answer);
  EXPECT_EQ(answered.choice.reason, NoAnswer::kRecordAway);

  store_->away = false;
  answered = Ask();
  EXPECT_TRUE(answered.choice.answer);
  EXPECT_FALSE(answered.freshness.unconfirmed);
}

TEST_F(LibraryTest, NeverSawTheRecordNeverAnswers) {
  store_->away = true;
  EXPECT_EQ(Ask().choice.reason, NoAnswer::kRecordAway);
}

TEST_F(LibraryTest, AChangeOfItsOwnIsSeenAtOnce) {
  ASSERT_TRUE(Ask().choice.answer);
  Change([this](Transaction& tx) {
    EXPECT_TRUE(librarian_.Retire(tx, "P2", Time{}).ok());
    tx.OnCommit([this] { library_->Changed(); });
  });
  EXPECT_FALSE(Ask().choice.answer);
}

}  // namespace
}  // namespace hotline::knowledge
