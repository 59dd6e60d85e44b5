#include "followup/site_policies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/config/config.h"

namespace hotline::followup {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::HasSubstr;

absl::StatusOr<SitePolicies> With(const std::map<std::string, std::string>& settings) {
  return SitePolicies::From(*platform::Config::Load({}, {}, settings));
}

TEST(SitePoliciesTest, AsksADayAfterTheAnswerUnlessToldOtherwise) {
  const SitePolicy usual = With({})->Of("yunzhou");
  EXPECT_EQ(usual.delay, hours{24});
  EXPECT_EQ(usual.usual_way, AskBy::kSms);
  EXPECT_THAT(usual.retry_waits, ElementsAre(hours{4}, hours{24}));
}

TEST(SitePoliciesTest, LetsASiteDiffer) {
  const auto policies = With({{"followup_delay", "12h"}, {"followup_site_delays", "yunzhou=48h"}});
  ASSERT_TRUE(policies.ok()) << policies.status();
  EXPECT_EQ(policies->Of("yunzhou").delay, hours{48});
  EXPECT_EQ(policies->Of("hailan").delay, hours{12});
}

TEST(SitePoliciesTest, NamesTheSettingThatIsWrong) {
  for (const auto& [setting, value] : {std::pair{"followup_retry_waits", "4h, soon"},
                                       {"followup_site_delays", "yunzhou"},
                                       {"followup_site_delays", "=4h"}}) {
    EXPECT_THAT(std::string{With({{setting, value}}).status().message()}, HasSubstr(setting)) << value;
  }
}

}  // namespace
}  // namespace hotline::followup
