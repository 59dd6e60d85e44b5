#pragma once

#include <map>
#include <string>
#include <string_view>

#include <absl/status/statusor.h>

#include "followup/domain/follow_up.h"

namespace hotline::platform {
class Config;
}

namespace hotline::followup {

/// The policy of every site, out of the settings followup_*. Immutable, thread-safe.
class SitePolicies {
 public:
  /// INVALID_ARGUMENT names the setting and the value that is wrong.
  static absl::StatusOr<SitePolicies> From(const platform::Config& config);

  [[nodiscard]] const SitePolicy& Of(std::string_view site) const;

 private:
  SitePolicy usual_;
  std::map<std::string, SitePolicy, std::less<>> of_sites_;
};

}  // namespace hotline::followup
