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

#include "platform/store/many_rows.h"
#include "platform/store/sql_engine.h"

namespace hotline::platform {

/// One database connection and its prepared statements. One thread at a time; blocks; throws StoreError.
///
/// A transaction is undone piece by piece (Mark), or only as a whole (BeginPiece). As a whole it is cheaper: no mark
/// for each piece, and plain inserts of all pieces gather, to go as one statement a table. They go before the first
/// statement whose text names their table, at the latest with Flush(): so each statement sees what came before it.
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
  /// What fails on its way fails a later call.
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
  /// Nothing may wait. Throws also when the transaction had failed before and was rolled back instead.
  void Commit() { Execute("COMMIT"); }
  /// The same with all that waits. False when something of that failed, so that nothing has been committed.
  [[nodiscard]] bool CommitWaiting();
  /// Never throws: an engine that failed may have rolled back by itself.
  void Rollback() noexcept;

  /// A point to roll back to; takes the place of an earlier one of this transaction.
  void Mark(std::optional<Limits> limits = std::nullopt);
  /// Undoes what ran since, and forgets what waits.
  void RollbackToMark();

  /// A piece of work begins that cannot be undone by itself.
  void BeginPiece(std::optional<Limits> limits = std::nullopt);
  /// Forgets what this piece wrote. False when some of it has gone to the database: the transaction has to be undone.
  [[nodiscard]] bool DropPiece();

  /// The connection is of no use any more: the database went away, or is another one's.
  [[nodiscard]] bool lost() const { return lost_; }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  struct Prepared {
    std::string_view text;
    std::unique_ptr<soci::statement> statement;
    std::optional<RowInsert> insert;  // Where it is one.
  };
  struct Waiting {
    const Prepared* prepared;
    std::vector<Value> parameters;
  };
  /// Rows that wait to be inserted by one statement.
  struct Gathered {
    const Prepared* one;  // Inserts one of them.
    std::vector<Value> values;
    std::size_t before_piece = 0;                              // So many of the values are of pieces before.
    std::unordered_map<std::size_t, const Prepared*> of_rows;  // Statements that insert so many.
  };

  StatementAnswer Run(std::string_view sql, std::span<const Value> parameters);
  /// What waits, and then this statement where there is one. `ran`: how many succeeded.
  StatementAnswer RunAll(std::vector<Waiting> waiting, const BoundStatement* then, std::size_t& ran);
  /// All that must be sent before a statement with this text; "": before whatever comes.
  std::vector<Waiting> TakeWaiting(std::string_view sql);
  void TakeRows(Gathered& gathered, std::vector<Waiting>& statements);
  void Gather(const Prepared& one, std::span<const Value> row);
  /// Whether a statement with this text may see rows that are still here.
  [[nodiscard]] bool SeesGathered(std::string_view sql) const;
  [[nodiscard]] bool SomeWaitingNames(std::string_view table) const;
  /// Forgets all that waits.
  void Drop();
  void WriteLimits(const std::optional<Limits>& limits);
  [[noreturn]] void Fail(const StoreError& error);
  const Prepared& Prepare(std::string_view sql);
  /// The same, and it takes so many parameters.
  const Prepared& Fitting(std::string_view sql, std::span<const Value> parameters);

  const SqlEngine& engine_;
  const Access access_;
  bool lost_ = false;
  bool marked_ = false;  // There is a mark, or one waits to be made.
  bool marked_before_ = false;
  std::optional<Limits> limits_;  // In force, or waiting to be.
  std::size_t mark_waits_ = 0;    // So many of the first that wait make the mark; 0: none does.
  std::unique_ptr<soci::session> session_;
  std::unordered_map<std::string, Prepared, Hash, std::equal_to<>> statements_;
  std::vector<Waiting> waiting_;
  std::vector<Gathered> gathered_;
  bool gathering_ = false;
  bool piece_sent_ = false;               // Some of what this piece changes.
  std::size_t waiting_before_piece_ = 0;  // So many of those that wait are of pieces before.
};

}  // namespace hotline::platform
