#include "followup/site_policies.h"

#include "platform/config/config.h"

namespace hotline::followup {
namespace {

absl::Status Bad(std::string_view setting, const std::string& value, std::string_view problem) {
  return absl::InvalidArgumentError(std::string{setting} + ": '" + value + "' " + std::string{problem});
}

AskBy AskByFromName(std::string_view name) {
  if (name == "phone") return AskBy::kPhone;
  return name == "person" ? AskBy::kPerson : AskBy::kSms;
}

}  // namespace

absl::StatusOr<SitePolicies> SitePolicies::From(const platform::Config& config) {
  SitePolicies policies;
  policies.usual_ = {.delay = config.Duration("followup_delay"),
                     .usual_way = AskByFromName(config.Text("followup_ask_by")),
                     .retry_waits = {}};
  for (const std::string& text : config.List("followup_retry_waits")) {
    const auto wait = platform::ParseDuration(text);
    if (!wait) return Bad("followup_retry_waits", text, "is not a duration such as 30m or 4h");
    policies.usual_.retry_waits.push_back(*wait);
  }
  for (const std::string& text : config.List("followup_site_delays")) {
    const std::size_t equals = text.find('=');
    const auto delay = equals == std::string::npos ? std::nullopt : platform::ParseDuration(text.substr(equals + 1));
    if (!delay || equals == 0) return Bad("followup_site_delays", text, "is not a site and a duration: yunzhou=48h");
    SitePolicy policy = policies.usual_;
    policy.delay = *delay;
    policies.of_sites_.insert_or_assign(text.substr(0, equals), std::move(policy));
  }
  return policies;
}

const SitePolicy& SitePolicies::Of(std::string_view site) const {
  const auto own = of_sites_.find(site);
  return own == of_sites_.end() ? usual_ : own->second;
}

}  // namespace hotline::followup
