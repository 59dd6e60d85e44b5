#include "hotline/cli/time_flag.h"

#include <absl/strings/str_cat.h>

#include "contracts/timestamp.h"
#include "hotline/cli/failure.h"
#include "platform/time.h"

namespace hotline::cli {

google::protobuf::Timestamp TimeOrFail(const std::string& flag, const std::string& text) {
  const auto time = platform::ParseTime(text.size() == 10 ? text + "T00:00:00+08:00" : text);
  if (!time.ok())
    throw Failure{absl::StrCat(flag, ": '", text, "' is no day (2026-03-03) and no time (2026-03-03T09:00:00+08:00)"),
                  2};
  return contracts::ToTimestamp(*time);
}

}  // namespace hotline::cli
