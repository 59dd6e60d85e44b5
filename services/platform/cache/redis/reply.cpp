#include "platform/cache/redis/reply.h"

#include <hiredis/read.h>

namespace hotline::platform::redis {
namespace {

using Kind = Reply::Kind;

Kind KindOf(int type) {
  if (type == REDIS_REPLY_STATUS) return Kind::kStatus;
  return type == REDIS_REPLY_ERROR ? Kind::kError : Kind::kText;
}

void* MakeText(const redisReadTask* task, char* text, std::size_t size) {
  return new Reply{.kind = KindOf(task->type), .text = std::string{text, size}};
}
void* RefuseArray(const redisReadTask* /*task*/, int /*elements*/) { return nullptr; }
void* MakeNumber(const redisReadTask* /*task*/, long long number) {
  return new Reply{.kind = Kind::kNumber, .number = number};
}
void* MakeNothing(const redisReadTask* /*task*/) { return new Reply; }

}  // namespace

redisReplyObjectFunctions& ReplyFunctions() {
  static redisReplyObjectFunctions functions{MakeText, RefuseArray, MakeNumber, MakeNothing, DeleteReply};
  return functions;
}

void DeleteReply(void* reply) { delete static_cast<Reply*>(reply); }

}  // namespace hotline::platform::redis
