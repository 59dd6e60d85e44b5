#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace hotline::bench {

/// What a turn's way to a watcher costs with nobody to think about it: a commit to PostgreSQL, then as often as there
/// are hops a message through Kafka (acks=all) and a commit again, then `arrived`. Client libraries alone: libpq,
/// librdkafka.
class BareChain {
 public:
  /// `where`: PostgreSQL. `name`: of its own topics, groups and tables.
  BareChain(const std::string& where, const std::string& broker, const std::string& name, int hops,
            std::function<void(const std::string& id)> arrived);
  ~BareChain();
  BareChain(const BareChain&) = delete;
  BareChain& operator=(const BareChain&) = delete;

  /// Returns once the first commit stands and the message is on its way. One thread at a time for each `writer`, of
  /// which there are as many as kWriters.
  void Begin(const std::string& id, int writer);

  static constexpr int kWriters = 4;

 private:
  class Table;
  class Producer;
  class Hop;

  const std::string first_topic_;
  const std::unique_ptr<Producer> producer_;
  std::vector<std::unique_ptr<Table>> first_;
  std::vector<std::unique_ptr<Hop>> hops_;
};

}  // namespace hotline::bench
