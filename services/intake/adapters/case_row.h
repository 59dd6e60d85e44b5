#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "intake/domain/case.h"
#include "platform/store/store.h"

namespace hotline::intake {

/// The columns of table cases, the key first.
[[nodiscard]] std::span<const std::string_view> CaseColumns();

/// A case's values, in the order of CaseColumns().
[[nodiscard]] std::vector<platform::Value> CaseValues(const Case& filed);

/// The case of a row that selects CaseColumns().
[[nodiscard]] Case ReadCase(const platform::Row& row);

}  // namespace hotline::intake
