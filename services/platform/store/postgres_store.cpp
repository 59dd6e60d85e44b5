#include "platform/store/postgres_store.h"

#include <utility>

#include "platform/store/postgres_engine.h"
#include "platform/store/postgres_siblings.h"

namespace hotline::platform {
namespace {

class PostgresStore final : public Store {
 public:
  PostgresStore(std::unique_ptr<const PostgresEngine> engine, StoreOptions options)
      : connection_{engine->connection()},
        schema_{engine->schema()},
        store_{std::move(engine), std::move(options)},
        siblings_{connection_, schema_} {}

  absl::Status MigrateTo(std::span<const Migration> migrations, std::int64_t id) override {
    return store_.MigrateTo(migrations, id);
  }
  void Submit(Work work, std::chrono::steady_clock::time_point deadline, Done done) override {
    store_.Submit(std::move(work), deadline, std::move(done));
  }
  void SubmitInOrder(std::string_view key, Work work, std::chrono::steady_clock::time_point deadline,
                     Done done) override {
    store_.SubmitInOrder(key, std::move(work), deadline, std::move(done));
  }
  absl::Status Read(const std::function<absl::Status(Session&)>& work) override { return store_.Read(work); }
  void OnPublished(std::function<void()> listener) override { store_.OnPublished(std::move(listener)); }
  StoreSiblings* siblings() override { return &siblings_; }

 private:
  const std::string connection_;
  const std::string schema_;
  SqlStore store_;
  PostgresSiblings siblings_;
};

}  // namespace

std::unique_ptr<Store> OpenPostgresStore(const std::string& where, const std::string& schema, StoreOptions options) {
  return std::make_unique<PostgresStore>(std::make_unique<PostgresEngine>(where, schema), std::move(options));
}

}  // namespace hotline::platform
