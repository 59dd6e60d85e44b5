#include "platform/store/sql_transaction.h"

#include <exception>
#include <string>

#include "platform/telemetry/log.h"

namespace hotline::platform {

void CheckValues(std::span<const Value> parameters) {
  for (const Value& value : parameters) {
    const auto* text = std::get_if<std::string>(&value);
    if (text != nullptr && text->find('\0') != std::string::npos) {
      throw StoreError{StoreError::Kind::kValue, "a text holds a zero byte"};
    }
  }
}

void RunAll(std::vector<std::function<void()>>& actions) {
  for (const auto& action : actions) {
    try {
      action();
    } catch (const std::exception& error) {  // The commit stands; a hint that fails must not end the process.
      Log(LogLevel::kError, "store.commit_action_failed", {{"error", std::string{error.what()}}});
    }
  }
}

}  // namespace hotline::platform
