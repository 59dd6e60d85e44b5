#pragma once

#include <absl/status/status.h>

namespace google::protobuf {
class Message;
}

namespace hotline::platform {

/// OK, or INVALID_ARGUMENT naming every text of the request, nested ones too, that holds a zero byte: no database keeps
/// it whole, so it is refused at the door of every method instead of in each of them.
[[nodiscard]] absl::Status CheckTexts(const google::protobuf::Message& request);

}  // namespace hotline::platform
