#pragma once

#include <cstdint>
#include <string>

struct redisReplyObjectFunctions;

namespace hotline::platform::redis {

/// One answer of the server.
struct Reply {
  enum class Kind { kNothing, kText, kStatus, kNumber, kError };
  Kind kind = Kind::kNothing;
  std::string text;  ///< Of kText, kStatus and kError.
  std::int64_t number = 0;
};

/// Makes hiredis's reader build Reply objects, to be freed by DeleteReply(). It refuses arrays: no command here is
/// answered by one, and a server's word about their size would be taken for memory.
[[nodiscard]] redisReplyObjectFunctions& ReplyFunctions();

void DeleteReply(void* reply);

}  // namespace hotline::platform::redis
