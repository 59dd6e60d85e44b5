#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include "platform/rpc/status.h"

namespace hotline::cli {

/// Ends a command: what to print on standard error, and the exit status (1 failed, 2 wrong use).
class Failure : public std::runtime_error {
 public:
  explicit Failure(const absl::Status& status)
      : std::runtime_error{platform::Explain(status)}, exit_{absl::IsInvalidArgument(status) ? 2 : 1} {}
  Failure(const std::string& message, int exit_status) : std::runtime_error{message}, exit_{exit_status} {}

  [[nodiscard]] int exit_status() const { return exit_; }

 private:
  int exit_;
};

inline void OrFail(const absl::Status& status) {
  if (!status.ok()) throw Failure{status};
}

template <typename T>
T OrFail(absl::StatusOr<T> value) {
  if (!value.ok()) throw Failure{value.status()};
  return *std::move(value);
}

}  // namespace hotline::cli
