#include "support/asker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "hotline/cli/call.h"

namespace hotline::tests {
namespace {

namespace v1 = knowledge::v1;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds kKnownEverywhere{2};
constexpr int kHot = 5;            // Times that a question is asked again: the later ones come from a cache.
constexpr seconds kRemembered{6};  // Of those that may not be served, asked for again each time.
constexpr milliseconds kBetweenLives{100};

std::string Question(const std::string& name, int number) {
  return "第" + std::to_string(number) + "号夜航灯塔补贴" + name + "怎么申请";
}

std::string ArticleId(const std::string& name, int number) { return name + "-" + std::to_string(number); }

}  // namespace

Asker::Asker(const std::vector<std::shared_ptr<grpc::Channel>>& copies, std::string name, milliseconds patience)
    : name_{std::move(name)}, patience_{patience} {
  for (const auto& channel : copies) copies_.push_back(v1::KnowledgeService::NewStub(channel));
  thread_ = std::thread{[this] { Run(); }};
}

void Asker::Stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void Asker::Run() {
  Publish(-1, "2019-01-01", "2020-12-31");  // Over.
  Publish(-2, "2999-01-01", "");            // To come.
  for (const int number : {-1, -2}) ended_.push_back({ArticleId(name_, number), Question(name_, number), 1, {}});
  for (int number = 1; !stopping_; ++number) {
    Publish(number, "2020-01-01", "");
    ExpectServed(number, 1);
    Publish(number, "2021-01-01", "");
    ExpectServed(number, 2);
    ended_.push_back({ArticleId(name_, number), Question(name_, number), 1, steady_clock::now()});
    ExpectNotServed();
    ended_.back().version = 3;
    v1::RetireArticleRequest request;
    request.set_request_id(cli::FreshRequestId());
    request.set_article_id(ArticleId(name_, number));
    request.set_reason("到期");
    v1::RetireArticleResponse response;
    const absl::Status retired =
        cli::Call([&](auto* context) { return copies_.front()->RetireArticle(context, request, &response); });
    EXPECT_TRUE(retired.ok()) << retired;
    ended_.back().since = steady_clock::now();
    ++lives_;
    ExpectNotServed();
    std::this_thread::sleep_for(kBetweenLives);
  }
  std::this_thread::sleep_until(ended_.back().since + kKnownEverywhere);
  ExpectNotServed();
}

void Asker::Publish(int number, const std::string& from, const std::string& to) {
  v1::PublishArticleRequest request;
  request.set_request_id(cli::FreshRequestId());
  v1::Article& article = *request.mutable_article();
  article.set_article_id(ArticleId(name_, number));
  article.set_title(Question(name_, number));
  article.set_region("云州市");
  article.set_document_number("云政规第" + std::to_string(number) + "号");
  article.set_effective_from(from);
  article.set_effective_to(to);
  article.set_text(Question(name_, number) + "：向海事部门提出申请。");
  article.add_questions(Question(name_, number));
  v1::PublishArticleResponse response;
  const absl::Status published =
      cli::Call([&](auto* context) { return copies_.front()->PublishArticle(context, request, &response); });
  EXPECT_TRUE(published.ok()) << published;
}

v1::AskResponse Asker::Ask(std::size_t copy, const std::string& question) {
  v1::AskRequest request;
  request.set_question(question);
  request.set_region("云州市");
  v1::AskResponse response;
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + patience_);
  const auto began = steady_clock::now();
  const grpc::Status status = copies_[copy]->Ask(&context, request, &response);
  EXPECT_TRUE(status.ok()) << question << " of copy " << copy << ": " << status.error_code() << " "
                           << status.error_message();
  const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - began);
  longest_ms_ = std::max<std::int64_t>(longest_ms_, took.count());
  ++asked_;
  return response;
}

void Asker::ExpectServed(int number, std::int64_t version) {
  const std::string question = Question(name_, number);
  const auto deadline = steady_clock::now() + kKnownEverywhere;
  for (std::size_t copy = 0; copy < copies_.size(); ++copy) {
    v1::Answer answer;
    const auto right = [&] {
      answer = Ask(copy, question).answer();
      return answer.article_id() == ArticleId(name_, number) && answer.article_version() == version;
    };
    while (!right() && steady_clock::now() < deadline) std::this_thread::sleep_for(milliseconds{20});
    for (int i = 0; i < kHot; ++i) {
      EXPECT_TRUE(right()) << question << ": copy " << copy << " serves " << answer.article_id() << " version "
                           << answer.article_version() << " in place of version " << version;
    }
  }
}

void Asker::ExpectNotServed() {
  for (const Ended& ended : ended_) {
    for (std::size_t copy = 0; copy < copies_.size(); ++copy) {
      if (steady_clock::now() < ended.since + kKnownEverywhere) continue;
      const v1::Answer answer = Ask(copy, ended.question).answer();
      EXPECT_FALSE(answer.article_id() == ended.id && answer.article_version() <= ended.version)
          << "copy " << copy << " serves " << ended.id << " version " << answer.article_version();
    }
  }
  const auto long_ago = steady_clock::now() - kRemembered;
  // Those of the beginning stay.
  ended_.erase(std::remove_if(ended_.begin() + 2, ended_.end(), [&](const Ended& one) { return one.since < long_ago; }),
               ended_.end());
}

}  // namespace hotline::tests
