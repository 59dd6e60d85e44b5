#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "platform/store/sql_engine.h"

namespace hotline::platform {

/// One database connection and its prepared statements. One thread at a time; blocks; throws StoreError.
class SqlConnection {
 public:
  /// `engine` must outlive the connection.
  SqlConnection(const SqlEngine& engine, Access access);
  ~SqlConnection();
  SqlConnection(const SqlConnection&) = delete;
  SqlConnection& operator=(const SqlConnection&) = delete;

  std::vector<Row> Query(std::string_view sql, std::span<const Value> parameters) { return Run(sql, parameters).rows; }
  std::int64_t Execute(std::string_view sql, std::span<const Value> parameters) { return Run(sql, parameters).changed; }
  /// Runs at once where that costs no way to a server; else it waits for the next statement with an answer, or Flush().
  void Write(std::string_view sql, std::span<const Value> parameters);
  void Flush();

  std::vector<Row> Query(std::string_view sql, std::initializer_list<Value> parameters = {}) {
    return Query(sql, std::span<const Value>{parameters.begin(), parameters.size()});
  }
  std::int64_t Execute(std::string_view sql, std::initializer_list<Value> parameters = {}) {
    return Execute(sql, std::span<const Value>{parameters.begin(), parameters.size()});
  }

  void RunScript(const std::string& sql);
  void LockForMigration();

  /// What bounds a transaction from here on, where something can keep it waiting.
  struct Limits {
    std::chrono::milliseconds statement;
    std::chrono::milliseconds lock;
  };
  void Begin(std::optional<Limits> limits = std::nullopt);
  /// Throws also when the transaction had failed before and was rolled back instead.
  void Commit() { Execute("COMMIT"); }
  /// Never throws: an engine that failed may have rolled back by itself.
  void Rollback() noexcept;

  /// A point to roll back to; takes the place of an earlier one of this transaction.
  void Mark(std::optional<Limits> limits = std::nullopt);
  /// Undoes what ran since, and forgets what waits.
  void RollbackToMark();

  /// The connection is of no use any more: the database went away, or is another one's.
  [[nodiscard]] bool lost() const { return lost_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  struct Waiting {
    soci::statement* statement;
    std::vector<Value> parameters;
  };

  StatementAnswer Run(std::string_view sql, std::span<const Value> parameters);
  /// What waits, and then these.
  StatementAnswer RunAll(std::span<const BoundStatement> then);
  void WriteLimits(const std::optional<Limits>& limits);
  [[noreturn]] void Fail(const StoreError& error);
  soci::statement& Prepared(std::string_view sql);
  /// The same, and it takes so many parameters.
  soci::statement& Fitting(std::string_view sql, std::span<const Value> parameters);

  const SqlEngine& engine_;
  const Access access_;
  bool lost_ = false;
  bool marked_ = false;  // There is a mark, or one waits to be made.
  bool marked_before_ = false;
  std::optional<Limits> limits_;  // In force, or waiting to be.
  std::size_t mark_waits_ = 0;    // So many of the first that wait make the mark; 0: none does.
  std::unique_ptr<soci::session> session_;
  std::unordered_map<std::string, std::unique_ptr<soci::statement>, Hash, std::equal_to<>> statements_;
  std::vector<Waiting> waiting_;
};

}  // namespace hotline::platform
