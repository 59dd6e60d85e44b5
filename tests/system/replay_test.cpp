// Calls that cannot be replayed, as a person is told of them.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/labelled_calls.h"
#include "support/server.h"

namespace hotline::tests {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ReplayCommandTest, WhatASiteIsNotServedIsToldInPlainWords) {
  const TemporaryDirectory data;
  nlohmann::json call = nlohmann::json::parse(LabelledCall("D010"));
  call["site"] = "atlantis";
  std::ofstream{data.path() / "calls.jsonl"} << call.dump() << '\n';
  const CommandResult result = RunHotline({"replay", (data.path() / "calls.jsonl").string(), "--embedded"});
  EXPECT_NE(result.status, 0);
  EXPECT_THAT(result.err, HasSubstr("call D010: INVALID_ARGUMENT: "));
  EXPECT_THAT(result.err, HasSubstr("site is no site served here: hailan, yunzhou"));
  EXPECT_THAT(result.err, Not(HasSubstr("googleapis")));
}

}  // namespace
}  // namespace hotline::tests
