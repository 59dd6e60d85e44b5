-- Several processes may relay one outbox, each a few shards of the keys. Rows of an older program are in shard 0: should
-- they pass newer ones of their key, its consumers wait for them.
ALTER TABLE outbox ADD COLUMN shard BIGINT NOT NULL DEFAULT 0;

-- The processes that relay, while they live.
CREATE TABLE outbox_relays (
  relay TEXT PRIMARY KEY,
  alive_until BIGINT NOT NULL
);

-- Which of them sends a shard, and until when.
CREATE TABLE outbox_leases (
  shard BIGINT PRIMARY KEY,
  relay TEXT NOT NULL,
  held_until BIGINT NOT NULL
);
INSERT INTO outbox_leases (shard, relay, held_until) VALUES
  (0, '', 0), (1, '', 0), (2, '', 0), (3, '', 0), (4, '', 0), (5, '', 0), (6, '', 0), (7, '', 0),
  (8, '', 0), (9, '', 0), (10, '', 0), (11, '', 0), (12, '', 0), (13, '', 0), (14, '', 0), (15, '', 0);
