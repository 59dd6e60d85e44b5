// The disk that a server writes to is full (promises 1, 2, 3 and 6). It is a small one of memory, which who may
// not mount cannot make: they skip these.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "fault/outage.h"

namespace hotline::tests {
namespace {

namespace fs = std::filesystem;
using ::testing::Each;
using ::testing::Key;

constexpr char kSize[] = "size=700m";

class OutageOfTheDiskTest : public OutageTest {
 protected:
  static void SetUpTestSuite() {
    for (const fs::path& disk : {Broker(), Postgresql()}) {
      fs::create_directories(disk);
      if (refused_ == 0 && mount("tmpfs", disk.c_str(), "tmpfs", 0, kSize) != 0) refused_ = errno;
    }
  }
  static void TearDownTestSuite() {
    HoldTheRest();
    if (town_ != nullptr) town_->cluster.Down();
    for (const fs::path& disk : {Broker(), Postgresql()}) umount2(disk.c_str(), MNT_DETACH);
    town_.reset();
    fs::remove_all(Cluster::Place());
  }
  void SetUp() override {
    if (refused_ == EPERM || refused_ == EACCES) GTEST_SKIP() << "who may not mount cannot make a small disk";
    ASSERT_EQ(refused_, 0) << "no small disk: " << strerror(refused_);
  }

  static fs::path Broker() { return Cluster::Place() / "kafka-1" / "broker"; }
  static fs::path Postgresql() { return Cluster::Place() / "postgresql"; }

  /// Leaves nothing of the disk.
  static void Fill(const fs::path& disk) {
    std::ofstream filler{disk / "filler", std::ios::binary};
    const std::string block(4'096, 'x');
    while (filler.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
    struct statvfs left {};
    ASSERT_EQ(statvfs(disk.c_str(), &left), 0);
    ASSERT_EQ(left.f_bfree, 0U);
  }
  static void Clear(const fs::path& disk) { fs::remove(disk / "filler"); }

  static int refused_;  ///< Why the system made no small disk; 0: it did.
};

int OutageOfTheDiskTest::refused_ = 0;

/// Of the campaign alone.
class LongOutageOfTheDiskTest : public OutageOfTheDiskTest {};

TEST_F(LongOutageOfTheDiskTest, TheBrokersDiskIsFull) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  ASSERT_NO_FATAL_FAILURE(Fill(Broker()));
  ExpectOpenWhile(Fallen());
  // The pages it has begun are still its own.
  const auto patience = std::chrono::steady_clock::now() + std::chrono::minutes{2};
  while (cluster().Runs("kafka-1") && std::chrono::steady_clock::now() < patience) {
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
  EXPECT_FALSE(cluster().Runs("kafka-1")) << "it has room";
  Clear(Broker());
  cluster().Up();
  Back();
}

TEST_F(OutageOfTheDiskTest, PostgresqlsDiskIsFull) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  ASSERT_NO_FATAL_FAILURE(Fill(Postgresql()));
  const Meanwhile meanwhile = Fallen();
  // What still finds room in pages and log that are there is kept, and may be acknowledged.
  EXPECT_THAT(meanwhile.refused, Each(Key(absl::StatusCode::kUnavailable)));
  EXPECT_THAT(meanwhile.refused, ::testing::Not(::testing::IsEmpty()));
  Clear(Postgresql());
  cluster().Up();
  Back();
}

}  // namespace
}  // namespace hotline::tests
