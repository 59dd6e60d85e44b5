#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <google/protobuf/timestamp.pb.h>

#include "contracts/enums.h"
#include "contracts/timestamp.h"
#include "intake/domain/contact.h"
#include "intake/domain/site.h"
#include "intake/domain/terms.h"
#include "platform/rpc/status.h"

namespace hotline::intake::v1 {
class Contact;
}

namespace hotline::intake {

/// Checks fields one by one and remembers every violation; each method returns the value as the domain has it.
class FieldReader {
 public:
  std::string Text(std::string_view field, const std::string& text, std::size_t least, std::size_t most);
  std::string Site(const std::string& site, const SiteDirectory& sites, std::string_view field = "site");
  std::string Phone(std::string_view field, const std::string& phone);
  intake::Contact ReadContact(const v1::Contact& from, std::string_view prefix = "contact");
  std::int64_t Version(std::int64_t expected);
  void Require(bool holds, std::string_view field, std::string_view problem) { errors_.Require(holds, field, problem); }

  /// Unset stays unset.
  std::optional<Time> When(std::string_view field, bool has, const google::protobuf::Timestamp& timestamp);

  /// An enum that may be left out.
  template <typename Domain, typename Proto>
  std::optional<Domain> Term(std::string_view field, Proto value) {
    const std::optional<Domain> known = contracts::FromProto<Domain>(value);
    errors_.Require(known || static_cast<int>(value) == 0, field, "is not known");
    return known;
  }
  /// An enum that must be there; `fallback` only stands in after a violation.
  template <typename Domain, typename Proto>
  Domain RequiredTerm(std::string_view field, Proto value, Domain fallback) {
    const std::optional<Domain> known = contracts::FromProto<Domain>(value);
    errors_.Require(known.has_value(), field, static_cast<int>(value) == 0 ? "is required" : "is not known");
    return known.value_or(fallback);
  }

  [[nodiscard]] absl::Status status() const { return errors_.status(); }

 private:
  platform::FieldErrors errors_;
};

}  // namespace hotline::intake
