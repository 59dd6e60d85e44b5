#pragma once

#include <vector>

#include <hotline/classification/v1/classification_service.pb.h>

namespace hotline::commands {

/// Issues that grow in one neighbourhood of one site, together: one building site is noise to one caller and dust to
/// the next, and a director should not read of it twice.
struct HotPlace {
  std::vector<classification::v1::HotIssue> issues;  ///< At least one, hottest first.

  [[nodiscard]] const classification::v1::HotIssue& hottest() const { return issues.front(); }
  [[nodiscard]] int cases() const;
  [[nodiscard]] double heat() const;
  [[nodiscard]] google::protobuf::Timestamp first_at() const;
  [[nodiscard]] google::protobuf::Timestamp last_at() const;
};

/// `issues`: of one site. Hottest place first.
[[nodiscard]] std::vector<HotPlace> ByPlace(std::vector<classification::v1::HotIssue> issues);

}  // namespace hotline::commands
