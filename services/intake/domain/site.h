#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/statusor.h>

namespace hotline::intake {

/// A hotline of one city.
struct Site {
  std::string id;      ///< "yunzhou"
  std::string code;    ///< "YZ": the head of its case numbers.
  std::string region;  ///< "云州市"
  bool trusts_call_time = false;
};

/// Every site this process serves. Immutable, thread-safe.
class SiteDirectory {
 public:
  /// `entries`: "yunzhou=YZ=云州市"; `trusting`: ids of the sites whose clients' call times are believed, "*" for all.
  /// INVALID_ARGUMENT names the entry.
  static absl::StatusOr<SiteDirectory> Parse(std::span<const std::string> entries,
                                             std::span<const std::string> trusting);

  /// Null when there is no such site.
  [[nodiscard]] const Site* Find(std::string_view id) const;
  /// In order.
  [[nodiscard]] std::vector<std::string> Ids() const;

 private:
  std::map<std::string, Site, std::less<>> sites_;
};

}  // namespace hotline::intake
