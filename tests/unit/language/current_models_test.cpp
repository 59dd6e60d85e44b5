// New models come into use while the old ones answer; a bad file changes nothing and is told once.
#include "language/current_models.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "language/model_file.h"
#include "support/model_folder.h"

namespace hotline::language {
namespace {

using Look = CurrentModels::Look;
using tests::ModelFolder;

class CurrentModelsTest : public testing::Test {
 protected:
  CurrentModelsTest() : current_{*CurrentModels::Load(folder_.path())} {}

  /// Looks until the files are at rest.
  absl::StatusOr<Look> Settle() {
    EXPECT_EQ(*current_->Refresh(), Look::kChanging);
    return current_->Refresh();
  }

  ModelFolder folder_;
  std::unique_ptr<CurrentModels> current_;
};

TEST_F(CurrentModelsTest, StaysAsLongAsTheFilesDo) {
  const auto before = current_->Get();
  EXPECT_EQ(*current_->Refresh(), Look::kSame);
  EXPECT_EQ(*current_->Refresh(), Look::kSame);
  EXPECT_EQ(current_->Get(), before);
}

TEST_F(CurrentModelsTest, TakesWhatIsNewOnceItIsAtRest) {
  const auto before = current_->Get();
  folder_.Stamp("topics.model", "linear-2099.12.31");
  EXPECT_EQ(*Settle(), Look::kReplaced);
  EXPECT_THAT(current_->Get()->linear_version(), testing::StartsWith("linear-2099.12.31+"));
  EXPECT_THAT(before->linear_version(), testing::Not(testing::HasSubstr("2099")));
  EXPECT_EQ(before->Topics("公司拖欠工资不签合同\n社保也没有交")[0].label, "劳动和社会保障")
      << "the old ones still answer";
  EXPECT_EQ(*current_->Refresh(), Look::kSame);
}

TEST_F(CurrentModelsTest, RefusesABadFileOnceAndGoesOnWithTheOldOnes) {
  const auto before = current_->Get();
  const std::string whole = *ReadModelFile(folder_.path() / "shop.model");
  folder_.Write("shop.model", whole.substr(0, whole.size() / 2));
  const absl::StatusOr<Look> refused = Settle();
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(refused.status().message(), testing::HasSubstr("shop.model"));
  EXPECT_EQ(*current_->Refresh(), Look::kSame);
  EXPECT_EQ(current_->Get(), before);

  folder_.Write("shop.model", whole);
  EXPECT_EQ(*Settle(), Look::kReplaced);
}

TEST_F(CurrentModelsTest, AHeaderOfOddValuesIsRefusedNotThrown) {
  std::string bytes = *ReadModelFile(folder_.path() / "topics.model");
  const std::string version = "\"linear-2026.11.24\"";
  ASSERT_NE(bytes.find(version), bytes.npos);
  bytes.replace(bytes.find(version), version.size(), "3" + std::string(version.size() - 1, ' '));
  folder_.Write("topics.model", bytes);
  EXPECT_EQ(Settle().status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(CurrentModelsTest, AFileThatGoesIsAChangeToo) {
  std::filesystem::remove(folder_.path() / "helpdesk.model");
  EXPECT_EQ(Settle().status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(*current_->Refresh(), Look::kSame);
}

}  // namespace
}  // namespace hotline::language
