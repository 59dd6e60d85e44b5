// One copy of a service loses its way to a server that all the others reach, or sleeps past its lease and its session:
// somebody else does its work, and then it is there again (promises 1 to 3 and 6).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include <absl/strings/str_cat.h>

#include "fault/outage.h"
#include "support/tcp_proxy.h"

namespace hotline::tests {
namespace {

using std::chrono::seconds;
using ::testing::AnyOf;
using ::testing::Each;
using ::testing::Key;

/// Past a relay's lease (5 s) and a consumer's session (6 s).
constexpr seconds kPastLeases{8};
/// Of clients who turn to another copy soon.
constexpr seconds kHasty{1};

class OutageOfOneCopyTest : public OutageTest {
 protected:
  static void SetUpTestSuite() {
    kafka_ = std::make_unique<TcpProxy>([] { return AddressOf("kafka-1"); });
    postgresql_ = std::make_unique<TcpProxy>([] { return AddressOf("postgresql"); });
  }
  static void TearDownTestSuite() {
    OutageTest::TearDownTestSuite();
    kafka_.reset();
    postgresql_.reset();
  }

  [[nodiscard]] std::string Flags() const override {
    return absl::StrCat(OutageTest::Flags(), " --via kafka=", kafka_->address(),
                        " --via postgresql=", postgresql_->address());
  }

  static std::unique_ptr<TcpProxy> kafka_;
  static std::unique_ptr<TcpProxy> postgresql_;

 private:
  static std::string AddressOf(const std::string& server) {
    std::ifstream in{Cluster::Place() / server / "address"};
    std::string address;
    std::getline(in, address);
    return address;
  }
};

std::unique_ptr<TcpProxy> OutageOfOneCopyTest::kafka_;
std::unique_ptr<TcpProxy> OutageOfOneCopyTest::postgresql_;

/// Of the campaign alone.
class LongOutageOfOneCopyTest : public OutageOfOneCopyTest {};

TEST_F(OutageOfOneCopyTest, IntakeLosesTheBroker) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  kafka_->Stall(cluster().PidOf("intake-1"));
  ExpectOpenWhile(Fallen(kPastLeases));
  kafka_->Cut(cluster().PidOf("intake-1"));
  ExpectOpenWhile(Fallen());
  kafka_->Heal();
  Back();
}

TEST_F(LongOutageOfOneCopyTest, ClassificationLosesTheBroker) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  kafka_->Stall(cluster().PidOf("classification-1"));
  ExpectOpenWhile(Fallen(kPastLeases));
  kafka_->Cut(cluster().PidOf("classification-1"));
  ExpectOpenWhile(Fallen());
  kafka_->Heal();
  Back();
}

TEST_F(OutageOfOneCopyTest, IntakeLosesPostgresql) {
  ASSERT_NO_FATAL_FAILURE(Begin(kHasty));
  postgresql_->Stall(cluster().PidOf("intake-1"));
  EXPECT_GT(Fallen(kPastLeases).acknowledged, 0) << "the other copy takes them";
  postgresql_->Cut(cluster().PidOf("intake-1"));
  const Meanwhile meanwhile = Fallen();
  EXPECT_GT(meanwhile.acknowledged, 0) << "the other copy takes them";
  EXPECT_THAT(meanwhile.refused, Each(Key(AnyOf(absl::StatusCode::kUnavailable, absl::StatusCode::kDeadlineExceeded))));
  postgresql_->Heal();
  Back();
}

TEST_F(LongOutageOfOneCopyTest, ClassificationLosesPostgresql) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  postgresql_->Stall(cluster().PidOf("classification-1"));
  ExpectOpenWhile(Fallen(kPastLeases));
  postgresql_->Cut(cluster().PidOf("classification-1"));
  ExpectOpenWhile(Fallen());
  postgresql_->Heal();
  Back();
}

TEST_F(LongOutageOfOneCopyTest, IntakeSleeps) {
  ASSERT_NO_FATAL_FAILURE(Begin(kHasty));
  cluster().Freeze("intake-1");
  EXPECT_GT(Fallen(kPastLeases).acknowledged, 0) << "the other copy takes them";
  cluster().Thaw("intake-1");
  Back();
}

TEST_F(OutageOfOneCopyTest, ClassificationSleeps) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  cluster().Freeze("classification-1");
  ExpectOpenWhile(Fallen(kPastLeases));
  cluster().Thaw("classification-1");
  Back();
}

}  // namespace
}  // namespace hotline::tests
