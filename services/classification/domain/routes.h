#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "classification/domain/turn.h"

namespace hotline::classification {

/// A matter that a hotline may not take (告知): what it is and where it goes.
struct LegalRoute {
  std::string route;  ///< "劳动争议仲裁委员会（仲裁）"
  Evidence evidence;
};

/// Found in what a caller asks for: a judgment, arbitration, administrative review, information disclosure, discipline.
/// Mentioning that one may sue is no such request.
[[nodiscard]] std::optional<LegalRoute> FindLegalRoute(std::span<const Turn> turns);

/// 高龄 听力不便 外籍 农民工 孕妇 残疾人 …: those intake knew, and those the caller's words show.
[[nodiscard]] std::vector<std::string> CallerTags(std::span<const std::string> known, std::span<const Turn> turns);

}  // namespace hotline::classification
