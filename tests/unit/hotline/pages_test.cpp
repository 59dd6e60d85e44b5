// Lists are read page by page, and no further than somebody wants.
#include "hotline/cli/pages.h"

#include <gmock/gmock.h>
#include <hotline/intake/v1/intake_service.pb.h>

namespace hotline::cli {
namespace {

using intake::v1::Case;
using intake::v1::ListCasesRequest;
using intake::v1::ListCasesResponse;
using testing::ElementsAre;
using testing::IsEmpty;

/// Five cases in pages of two.
class FiveCases {
 public:
  grpc::Status operator()(grpc::ClientContext*, const ListCasesRequest& request, ListCasesResponse* response) {
    ++asked_;
    const int begin = request.page_token().empty() ? 0 : std::stoi(request.page_token());
    for (int i = begin; i < std::min(begin + 2, 5); ++i) response->add_cases()->set_case_no(std::to_string(i));
    if (begin + 2 < 5) response->set_next_page_token(std::to_string(begin + 2));
    return grpc::Status::OK;
  }
  int asked() const { return asked_; }

 private:
  int asked_ = 0;
};

Listed<Case> First(std::size_t limit, FiveCases& cases) {
  return *ReadFirst<ListCasesResponse, Case>(ListCasesRequest{}, limit, std::ref(cases),
                                             [](const auto& page) { return page.cases(); });
}

std::vector<std::string> Numbers(const Listed<Case>& listed) {
  std::vector<std::string> numbers;
  for (const Case& one : listed.items) numbers.push_back(one.case_no());
  return numbers;
}

TEST(PagesTest, NoLimitReadsAllOfThem) {
  FiveCases cases;
  const auto all = First(0, cases);
  EXPECT_THAT(Numbers(all), ElementsAre("0", "1", "2", "3", "4"));
  EXPECT_FALSE(all.more);
}

TEST(PagesTest, ALimitEndsTheReadingAndTellsThatThereIsMore) {
  FiveCases cases;
  const auto first = First(3, cases);
  EXPECT_THAT(Numbers(first), ElementsAre("0", "1", "2"));
  EXPECT_TRUE(first.more);
  EXPECT_EQ(cases.asked(), 2);
}

TEST(PagesTest, WhatJustFitsHasNothingBehindIt) {
  FiveCases cases;
  const auto all = First(5, cases);
  EXPECT_THAT(Numbers(all), ElementsAre("0", "1", "2", "3", "4"));
  EXPECT_FALSE(all.more);
}

TEST(PagesTest, AnErrorIsTold) {
  const auto broken = [](grpc::ClientContext*, const ListCasesRequest&, ListCasesResponse*) {
    return grpc::Status{grpc::StatusCode::UNAVAILABLE, "away"};
  };
  const auto listed =
      ReadFirst<ListCasesResponse, Case>(ListCasesRequest{}, 0, broken, [](const auto& page) { return page.cases(); });
  EXPECT_TRUE(absl::IsUnavailable(listed.status()));
}

}  // namespace
}  // namespace hotline::cli
