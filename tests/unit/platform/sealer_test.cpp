#include "platform/security/sealer.h"

#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include <gtest/gtest.h>

#include "contract/platform_testing.h"

namespace hotline::platform {
namespace {

class SealerTest : public ::testing::Test {
 protected:
  std::unique_ptr<Sealer> Open() { return Sealer::Open(file_).value(); }
  testing::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "keys/keyring.json";
};

TEST_F(SealerTest, OpensWhatItSealed) {
  const auto sealer = Open();
  for (const std::string& plain :
       {std::string{}, std::string{"13800138000"}, std::string{"a\0\xff", 3}, std::string(1'000'000, 'x')}) {
    const std::string sealed = sealer->Seal(plain, "context");
    EXPECT_EQ(sealer->Unseal(sealed, "context").value(), plain);
    for (const char c : sealed) ASSERT_TRUE(c > ' ' && c < 0x7f);  // May be kept in a text column.
  }
}

TEST_F(SealerTest, NeverSealsTheSameTwice) {
  const auto sealer = Open();
  std::set<std::string> sealed;
  for (int i = 0; i < 100; ++i) sealed.insert(sealer->Seal("same", "context"));
  EXPECT_EQ(sealed.size(), 100u);
}

TEST_F(SealerTest, NoticesEveryChange) {
  const auto sealer = Open();
  const std::string sealed = sealer->Seal("13800138000", "context");
  EXPECT_TRUE(absl::IsDataLoss(sealer->Unseal(sealed, "another").status()));
  for (std::size_t i = sealed.find('.') + 1; i + 1 < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_TRUE(absl::IsDataLoss(sealer->Unseal(changed, "context").status())) << i;
  }
  for (const auto* broken : {"", "k1", "k1.", "k1.AAAA", "k1.!!!!"}) {
    EXPECT_TRUE(absl::IsDataLoss(sealer->Unseal(broken, "context").status())) << broken;
  }
  EXPECT_TRUE(absl::IsFailedPrecondition(sealer->Unseal("k9" + sealed.substr(2), "context").status()));
}

TEST_F(SealerTest, TokensAreStableWithinASiteAndNowhereElse) {
  const auto sealer = Open();
  const std::string token = sealer->Token("beijing", "13800138000");
  EXPECT_EQ(token.size(), 32u);
  EXPECT_EQ(Open()->Token("beijing", "13800138000"), token);
  EXPECT_NE(sealer->Token("shanghai", "13800138000"), token);
  EXPECT_NE(sealer->Token("beijing", "13800138001"), token);
  EXPECT_NE(sealer->Token("beijing1", "3800138000"), token);
}

TEST_F(SealerTest, OldTextsOpenAndTokensStayAfterARotation) {
  const auto before = Open();
  const std::string sealed = before->Seal("13800138000", "context");
  ASSERT_TRUE(RotateKeyring(file_).ok());
  const auto after = Open();
  EXPECT_EQ(after->Unseal(sealed, "context").value(), "13800138000");
  EXPECT_EQ(after->Token("beijing", "13800138000"), before->Token("beijing", "13800138000"));
  EXPECT_EQ(after->Seal("x", "context").substr(0, 3), "k2.");
  EXPECT_TRUE(absl::IsFailedPrecondition(before->Unseal(after->Seal("x", "context"), "context").status()));
}

TEST_F(SealerTest, TheKeyringIsItsOwnersAlone) {
  Open();
  EXPECT_EQ(std::filesystem::status(file_).permissions(), std::filesystem::perms{0600});
  std::filesystem::permissions(file_, std::filesystem::perms{0640});
  EXPECT_TRUE(absl::IsFailedPrecondition(Sealer::Open(file_).status()));
}

// As Kubernetes mounts a secret: root's, and the group's to read.
TEST_F(SealerTest, AMountedKeyringIsReadThroughTheGroupOfAnUnprivilegedProcess) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can become somebody else";
  ASSERT_TRUE(Sealer::Open(file_).ok());
  constexpr gid_t kGroup = 65532;
  ASSERT_EQ(chown(file_.c_str(), 0, kGroup), 0);
  for (const auto& folder : {file_.parent_path(), file_.parent_path().parent_path()}) {
    std::filesystem::permissions(folder, std::filesystem::perms{0711});
  }
  const auto opens_with = [&](int mode) {
    std::filesystem::permissions(file_, static_cast<std::filesystem::perms>(mode));
    const pid_t child = fork();
    if (child == 0) {
      const bool became = setgroups(1, &kGroup) == 0 && setgid(kGroup) == 0 && setuid(kGroup) == 0;
      _exit(became && Sealer::Open(file_).ok() ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status == 0;
  };
  EXPECT_TRUE(opens_with(0440));
  EXPECT_FALSE(opens_with(0444));
  EXPECT_FALSE(opens_with(0460));
}

TEST_F(SealerTest, ABrokenKeyringIsNamedAndNotReplaced) {
  Open();
  std::ofstream{file_} << "{}";
  const absl::Status status = Sealer::Open(file_).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_NE(std::string{status.message()}.find(file_.string()), std::string::npos);
}

TEST_F(SealerTest, ProcessesThatStartTogetherAgreeOnOneKeyring) {
  std::vector<std::unique_ptr<Sealer>> sealers(8);
  std::vector<std::thread> threads;
  for (auto& sealer : sealers) threads.emplace_back([&] { sealer = Open(); });
  for (auto& thread : threads) thread.join();
  const std::string sealed = sealers.front()->Seal("x", "context");
  for (const auto& sealer : sealers) EXPECT_EQ(sealer->Unseal(sealed, "context").value(), "x");
}

}  // namespace
}  // namespace hotline::platform
