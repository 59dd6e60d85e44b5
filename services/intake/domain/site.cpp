#include "intake/domain/site.h"

#include <algorithm>

#include <absl/status/status.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

namespace hotline::intake {
namespace {

bool IsCode(std::string_view code) {
  return code.size() == 2 && std::all_of(code.begin(), code.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

absl::StatusOr<SiteDirectory> SiteDirectory::Parse(std::span<const std::string> entries,
                                                   std::span<const std::string> trusting) {
  SiteDirectory directory;
  for (const std::string& entry : entries) {
    const std::vector<std::string> fields = absl::StrSplit(entry, '=');
    if (fields.size() != 3 || fields[0].empty() || !IsCode(fields[1]) || fields[2].empty()) {
      return absl::InvalidArgumentError(absl::StrCat("a site is id=XX=region, not \"", entry, "\""));
    }
    for (const auto& [id, site] : directory.sites_) {
      if (id == fields[0] || site.code == fields[1]) {
        return absl::InvalidArgumentError(absl::StrCat("two sites share an id or a code: \"", entry, "\""));
      }
    }
    const bool trusted = std::any_of(trusting.begin(), trusting.end(),
                                     [&](const std::string& id) { return id == "*" || id == fields[0]; });
    directory.sites_[fields[0]] = {
        .id = fields[0], .code = fields[1], .region = fields[2], .trusts_call_time = trusted};
  }
  return directory;
}

const Site* SiteDirectory::Find(std::string_view id) const {
  const auto found = sites_.find(id);
  return found == sites_.end() ? nullptr : &found->second;
}

std::vector<std::string> SiteDirectory::Ids() const {
  std::vector<std::string> ids;
  ids.reserve(sites_.size());
  for (const auto& [id, site] : sites_) ids.emplace_back(id);
  return ids;
}

}  // namespace hotline::intake
