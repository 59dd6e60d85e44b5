#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace hotline::knowledge {

/// The region of every site, out of the setting `sites` ("yunzhou=YZ=云州市"; intake checks it). Immutable,
/// thread-safe.
class SiteRegions {
 public:
  explicit SiteRegions(std::span<const std::string> entries) {
    for (const std::string_view entry : entries) {
      const std::size_t first = entry.find('=');
      const std::size_t last = entry.rfind('=');
      if (first != entry.npos && last > first) regions_.emplace(entry.substr(0, first), entry.substr(last + 1));
    }
  }

  /// Null when there is no such site.
  [[nodiscard]] const std::string* Find(std::string_view site) const {
    const auto found = regions_.find(site);
    return found == regions_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::string, std::string, std::less<>> regions_;
};

}  // namespace hotline::knowledge
