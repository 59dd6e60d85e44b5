#pragma once

#include <cstdint>
#include <memory>
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

  std::vector<Row> Query(std::string_view sql, std::span<const Value> parameters);
  std::int64_t Execute(std::string_view sql, std::span<const Value> parameters);

  std::vector<Row> Query(std::string_view sql, std::initializer_list<Value> parameters = {}) {
    return Query(sql, std::span<const Value>{parameters.begin(), parameters.size()});
  }
  std::int64_t Execute(std::string_view sql, std::initializer_list<Value> parameters = {}) {
    return Execute(sql, std::span<const Value>{parameters.begin(), parameters.size()});
  }

  void RunScript(const std::string& sql);
  void LockForMigration();

  /// `limits`: SqlEngine::Limits(), or "".
  void Begin(const std::string& limits = {});
  /// Throws also when the transaction had failed before and was rolled back instead.
  void Commit() { Execute("COMMIT"); }
  /// Never throws: an engine that failed may have rolled back by itself.
  void Rollback() noexcept;

  /// A point to roll back to; takes the place of an earlier one of this transaction.
  void Mark(const std::string& limits = {});
  void RollbackToMark();

  /// The connection is of no use any more: the database went away, or is another one's.
  [[nodiscard]] bool lost() const { return lost_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  std::vector<Row> Run(std::string_view sql, std::span<const Value> parameters, std::int64_t* changed);
  [[noreturn]] void Fail(const StoreError& error);
  soci::statement& Prepared(std::string_view sql);
  void Bind(soci::statement& statement, std::span<const Value> parameters);

  const SqlEngine& engine_;
  const Access access_;
  bool lost_ = false;
  bool marked_ = false;
  std::unique_ptr<soci::session> session_;
  std::unordered_map<std::string, std::unique_ptr<soci::statement>, Hash, std::equal_to<>> statements_;
};

}  // namespace hotline::platform
