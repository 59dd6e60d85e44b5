#include "intake/rpc/page_token.h"

#include <cstdint>
#include <vector>

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>

#include "platform/bytes.h"
#include "platform/rpc/status.h"

namespace hotline::intake {
namespace {

std::string QueryMark(std::string_view query) { return platform::Sha256Hex(query).substr(0, 16); }

}  // namespace

std::string MakePageToken(const CasePosition& end, std::string_view query) {
  return platform::ToBase64(
      absl::StrCat("1 ", end.opened_at.time_since_epoch().count(), " ", end.case_no, " ", QueryMark(query)));
}

absl::StatusOr<std::optional<CasePosition>> ReadPageToken(std::string_view token, std::string_view query) {
  if (token.empty()) return std::nullopt;
  const auto refuse = [] { return platform::BadField("page_token", "is not one that this list gave"); };
  const absl::StatusOr<std::string> text = platform::FromBase64(token);
  if (!text.ok()) return refuse();
  const std::vector<std::string> parts = absl::StrSplit(*text, ' ');
  std::int64_t opened_ms = 0;
  if (parts.size() != 4 || parts[0] != "1" || !absl::SimpleAtoi(parts[1], &opened_ms)) return refuse();
  if (parts[3] != QueryMark(query)) return platform::BadField("page_token", "belongs to another question");
  return CasePosition{.opened_at = Time{std::chrono::milliseconds{opened_ms}}, .case_no = parts[2]};
}

}  // namespace hotline::intake
