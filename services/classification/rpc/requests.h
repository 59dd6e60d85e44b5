#pragma once

#include <string>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <hotline/classification/v1/classification_service.pb.h>

#include "classification/adapters/sql_call_table.h"
#include "language/models.h"

namespace hotline::classification {

// What a request may hold (classification_service.proto). Every error names its field: "among[2]".

[[nodiscard]] absl::Status Check(const v1::ClassifyTextRequest& request);
[[nodiscard]] absl::Status Check(const v1::ClassifyTopicsRequest& request);
[[nodiscard]] absl::Status Check(const v1::ClassifyPostEmotionsRequest& request);
[[nodiscard]] absl::Status Check(const v1::ForecastSatisfactionRequest& request);
[[nodiscard]] absl::Status Check(const v1::GetUnderstandingRequest& request);
[[nodiscard]] absl::Status Check(const v1::GetDispatchDirectoryRequest& request);
[[nodiscard]] absl::StatusOr<SqlCallTable::IssueQuery> IssueQueryOf(const v1::ListHotIssuesRequest& request);

}  // namespace hotline::classification
