// Errors cross the wire with their code, their reason, every bad field and the retry hint; and without our secrets.
#include "platform/rpc/status.h"

#include <gmock/gmock.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <gtest/gtest.h>

namespace hotline::platform {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

absl::Status RoundTrip(const absl::Status& status) { return FromGrpcStatus(ToGrpcStatus(status)); }

TEST(StatusTest, KeepsCodeTextAndReason) {
  const absl::Status back = RoundTrip(WithReason(absl::NotFoundError("no such case"), "CASE_UNKNOWN"));
  EXPECT_EQ(back.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(back.message(), "no such case");
  EXPECT_EQ(ReasonOf(back), "CASE_UNKNOWN");
  EXPECT_EQ(Explain(back), "NOT_FOUND: no such case (CASE_UNKNOWN)");
}

TEST(StatusTest, GivesEveryErrorAReason) { EXPECT_EQ(ReasonOf(RoundTrip(absl::AbortedError("stale"))), "ABORTED"); }

TEST(StatusTest, OkStaysOk) {
  EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok());
  EXPECT_TRUE(FromGrpcStatus(grpc::Status::OK).ok());
  EXPECT_TRUE(WithReason(absl::OkStatus(), "NOT_AN_ERROR").ok());
  EXPECT_TRUE(FieldErrors{}.status().ok());
}

TEST(StatusTest, NamesEveryBadFieldAtOnce) {
  FieldErrors errors;
  errors.Require(true, "fine", "is never named");
  errors.Require(false, "site", "is required");
  errors.Add("contact.phone", "has no digits");
  const grpc::Status wire = ToGrpcStatus(errors.status());
  EXPECT_EQ(wire.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(wire.error_message(), "site is required; contact.phone has no digits");

  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(wire.error_details()));
  google::rpc::BadRequest bad;
  ASSERT_TRUE(details.details(0).UnpackTo(&bad));
  ASSERT_EQ(bad.field_violations_size(), 2);
  EXPECT_EQ(bad.field_violations(1).field(), "contact.phone");
  EXPECT_EQ(bad.field_violations(1).description(), "has no digits");
}

TEST(StatusTest, ExplainsAFieldOnlyTheDetailsName) {
  google::rpc::BadRequest bad;
  bad.add_field_violations()->set_field("site");
  bad.mutable_field_violations(0)->set_description("is required");
  google::rpc::Status details;
  details.add_details()->PackFrom(bad);
  const grpc::Status foreign{grpc::StatusCode::INVALID_ARGUMENT, "bad request", details.SerializeAsString()};
  EXPECT_EQ(Explain(FromGrpcStatus(foreign)), "INVALID_ARGUMENT: bad request; site is required");
}

TEST(StatusTest, BoundsTheDetails) {
  FieldErrors errors;
  for (int i = 0; i < 10'000; ++i) errors.Add("turns[" + std::to_string(i) + "].text", "is required");
  EXPECT_LT(ToGrpcStatus(errors.status()).error_details().size(), 8'000U) << "gRPC drops larger trailing metadata";
}

TEST(StatusTest, SaysWhenToComeAgain) {
  const absl::Status back = RoundTrip(RetryAfter(absl::ResourceExhaustedError("full"), milliseconds{1'250}));
  EXPECT_EQ(RetryDelayOf(back), milliseconds{1'250});
  EXPECT_THAT(Explain(back), HasSubstr("try again in 1250 ms"));
  EXPECT_EQ(RetryDelayOf(absl::ResourceExhaustedError("full")), std::nullopt);
}

TEST(StatusTest, KeepsTheTextOfInternalErrorsInside) {
  testing::internal::CaptureStderr();
  for (const absl::Status& status : {absl::InternalError("table secrets"), absl::UnknownError("table secrets")}) {
    const grpc::Status wire = ToGrpcStatus(status, "R7");
    EXPECT_THAT(wire.error_message() + wire.error_details(), Not(HasSubstr("secrets")));
    EXPECT_THAT(wire.error_message(), HasSubstr("R7"));
  }
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("table secrets"));
}

TEST(StatusTest, UnderstandsServersThatSendNoDetails) {
  const absl::Status back = FromGrpcStatus({grpc::StatusCode::UNAVAILABLE, "gone", "\xff not a message"});
  EXPECT_EQ(Explain(back), "UNAVAILABLE: gone");
}

TEST(StatusTest, AStreamThatWasCutIsAServerGoneAway) {
  EXPECT_TRUE(
      absl::IsUnavailable(FromGrpcStatus({grpc::StatusCode::INTERNAL, "Received RST_STREAM with error code 2"})));
  EXPECT_TRUE(absl::IsInternal(RoundTrip(absl::InternalError("a bug"))));
}

}  // namespace
}  // namespace hotline::platform
