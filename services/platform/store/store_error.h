#pragma once

#include <stdexcept>
#include <string>

#include <absl/status/status.h>

namespace hotline::platform {

/// What a statement threw. After one the piece of work it belongs to can only roll back (PostgreSQL's rule, kept on
/// both engines): where a clash is expected, write ON CONFLICT.
class StoreError final : public std::runtime_error {
 public:
  enum class Kind {
    kUnique,       ///< A row with this key is there already.
    kConstraint,   ///< Another constraint: foreign key, NOT NULL, CHECK.
    kValue,        ///< A value no engine takes: text with a zero byte.
    kConflict,     ///< Lost a race (busy, serialization, deadlock, a lock not had): safe to repeat.
    kTimeout,      ///< The database gave the statement up at its deadline.
    kUnavailable,  ///< The database is away, full or failing.
    kStatement,    ///< The SQL or its use is wrong: a bug.
  };

  StoreError(Kind kind, const std::string& what) : std::runtime_error{what}, kind_{kind} {}
  [[nodiscard]] Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

/// How an error that nobody mapped leaves the store: UNAVAILABLE, ABORTED, DEADLINE_EXCEEDED, INVALID_ARGUMENT (kValue),
/// else INTERNAL.
[[nodiscard]] absl::Status ToStatus(const StoreError& error);

}  // namespace hotline::platform
