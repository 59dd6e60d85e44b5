#include "intake/rpc/field_checks.h"

#include <algorithm>

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>
#include <hotline/intake/v1/intake_service.pb.h>

#include "language/text.h"

namespace hotline::intake {
namespace {

bool IsPhone(const std::string& phone) {
  return std::all_of(phone.begin(), phone.end(),
                     [](char c) { return (c >= '0' && c <= '9') || c == '+' || c == '-' || c == ' '; });
}

/// "yunzhou, songling", the first few.
std::string Served(const SiteDirectory& sites) {
  constexpr std::size_t kMost = 8;
  std::vector<std::string> ids = sites.Ids();
  const bool more = ids.size() > kMost;
  if (more) ids.resize(kMost);
  return absl::StrCat(absl::StrJoin(ids, ", "), more ? ", …" : "");
}

}  // namespace

std::string FieldReader::Text(std::string_view field, const std::string& text, std::size_t least, std::size_t most) {
  const std::size_t characters = language::CountCharacters(text);
  if (characters < least) {
    errors_.Add(field, "is required");
  } else if (characters > most) {
    errors_.Add(field, "is longer than " + std::to_string(most) + " characters");
  } else if (text.find('\0') != std::string::npos) {
    errors_.Add(field, "holds a zero byte");
  }
  return text;
}

std::string FieldReader::Site(const std::string& site, const SiteDirectory& sites, std::string_view field) {
  errors_.Require(sites.Find(site) != nullptr, field,
                  absl::StrCat(site.empty() ? "is required" : "is no site served here", ": ", Served(sites)));
  return site;
}

std::string FieldReader::Phone(std::string_view field, const std::string& phone) {
  const bool fits = phone.size() >= 3 && phone.size() <= 20 && IsPhone(phone);
  errors_.Require(phone.empty() || fits, field, "must be 3 to 20 digits, \"+\", \"-\" or spaces");
  return phone;
}

Contact FieldReader::ReadContact(const v1::Contact& from, std::string_view prefix) {
  const std::string head = std::string{prefix} + ".";
  return {.phone = Phone(head + "phone", from.phone()),
          .name = Text(head + "name", from.name(), 0, 100),
          .identity_number = Text(head + "identity_number", from.identity_number(), 0, 40),
          .address = Text(head + "address", from.address(), 0, 300)};
}

std::int64_t FieldReader::Version(std::int64_t expected) {
  errors_.Require(expected >= 1, "expected_version", "is required: the version you saw, from 1");
  return expected;
}

std::optional<Time> FieldReader::When(std::string_view field, bool has, const google::protobuf::Timestamp& timestamp) {
  if (!has) return std::nullopt;
  const std::optional<Time> time = contracts::FromTimestamp(timestamp);
  errors_.Require(time.has_value(), field, "is no point of time");
  return time;
}

}  // namespace hotline::intake
