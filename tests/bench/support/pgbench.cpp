#include "bench/support/pgbench.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

namespace hotline::bench {
namespace {

constexpr const char* kTables = R"sql(
CREATE SCHEMA pgbench;
CREATE TABLE pgbench.requests (actor TEXT COLLATE "C" NOT NULL, method TEXT COLLATE "C" NOT NULL,
  request_id TEXT COLLATE "C" NOT NULL, payload_sha256 TEXT COLLATE "C" NOT NULL, response TEXT COLLATE "C",
  claimed_at BIGINT NOT NULL, PRIMARY KEY (actor, method, request_id));
CREATE INDEX ON pgbench.requests (claimed_at);
CREATE TABLE pgbench.cases (case_no TEXT COLLATE "C" PRIMARY KEY, site TEXT COLLATE "C" NOT NULL,
  opened_at BIGINT NOT NULL, state BIGINT NOT NULL, title TEXT COLLATE "C" NOT NULL, body TEXT COLLATE "C" NOT NULL);
CREATE INDEX ON pgbench.cases (site, opened_at);
CREATE TABLE pgbench.outbox_sequences (topic TEXT COLLATE "C" NOT NULL, event_key TEXT COLLATE "C" NOT NULL,
  last_sequence BIGINT NOT NULL, PRIMARY KEY (topic, event_key));
CREATE TABLE pgbench.outbox (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, topic TEXT COLLATE "C" NOT NULL,
  event_id TEXT COLLATE "C" NOT NULL, event_type TEXT COLLATE "C" NOT NULL, event_key TEXT COLLATE "C" NOT NULL,
  sequence BIGINT NOT NULL, payload TEXT COLLATE "C" NOT NULL);
CREATE INDEX ON pgbench.outbox (topic, id);
)sql";

// 600 bytes of text, sealed in the event.
constexpr const char* kTransaction = R"sql(\set id random(1, 9000000000000000)
BEGIN;
INSERT INTO pgbench.requests (actor, method, request_id, payload_sha256, claimed_at)
  VALUES ('agent', 'FileMessage', :id, repeat('a', 64), 1772500000000);
INSERT INTO pgbench.cases VALUES (:id, 'yunzhou', 1, 1, 'title', repeat('x', 600));
INSERT INTO pgbench.outbox_sequences (topic, event_key, last_sequence) VALUES ('cases', :id, 1)
  ON CONFLICT (topic, event_key) DO UPDATE SET last_sequence = outbox_sequences.last_sequence + 1
  RETURNING last_sequence;
INSERT INTO pgbench.outbox (topic, event_id, event_type, event_key, sequence, payload)
  VALUES ('cases', :id, 'CaseChanged', :id, 1, repeat('x', 860));
UPDATE pgbench.requests SET response = :id
  WHERE actor = 'agent' AND method = 'FileMessage' AND request_id = '' || :id;
COMMIT;
)sql";

}  // namespace

Pgbench::Pgbench(const tests::PostgresServer& server, std::filesystem::path folder)
    : server_{server}, script_{std::move(folder) / "pgbench.sql"} {
  server_.Run(kTables);
  std::ofstream{script_} << kTransaction;
}

double Pgbench::Run(int clients, std::chrono::seconds time) const {
  const std::string command = "/usr/lib/postgresql/*/bin/pgbench -n -M prepared -c " + std::to_string(clients) +
                              " -j 2 -T " + std::to_string(time.count()) + " -f '" + script_.string() +
                              "' -h 127.0.0.1 -p " + std::to_string(server_.port()) + " -U hotline postgres 2>&1";
  FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error{"pgbench"};
  std::string output;
  for (std::array<char, 256> line{}; fgets(line.data(), line.size(), pipe) != nullptr;) output += line.data();
  pclose(pipe);
  const auto at = output.find("tps = ");
  if (at == std::string::npos) throw std::runtime_error{output};
  return std::strtod(output.c_str() + at + 6, nullptr);
}

}  // namespace hotline::bench
