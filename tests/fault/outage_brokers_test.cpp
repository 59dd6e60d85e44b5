// Of three brokers one falls at a time: the services do not only take what comes, as with one broker, but also handle
// it while that one is away. tests/fault/outages runs it.
#include <gtest/gtest.h>

#include <string>

#include "fault/outage.h"

namespace hotline::tests {
namespace {

class LongOutageOfOneBrokerTest : public OutageTest {
 protected:
  [[nodiscard]] std::string Flags() const override { return "--brokers 3 --replicas intake=2,classification=2"; }
};

TEST_F(LongOutageOfOneBrokerTest, EachOfThreeBrokersKilled) {
  for (const char* const broker : {"kafka-1", "kafka-2", "kafka-3"}) {
    SCOPED_TRACE(broker);
    ASSERT_NO_FATAL_FAILURE(Begin());
    cluster().Kill(broker);
    ExpectOpenWhile(Fallen());
    ExpectHandledWhileFallen();
    EXPECT_FALSE(cluster().Runs(broker)) << "somebody started it again";
    cluster().Up();
  }
}

}  // namespace
}  // namespace hotline::tests
