-- Events on their way out: written in the transaction that made them, deleted when the bus has them.
CREATE TABLE outbox (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic TEXT NOT NULL,
  source TEXT NOT NULL,
  event_id TEXT NOT NULL,
  event_type TEXT NOT NULL,
  event_key TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  event_time BIGINT NOT NULL,
  trace_parent TEXT NOT NULL,
  payload TEXT NOT NULL
);
CREATE INDEX outbox_by_topic ON outbox (topic, id);

-- The last sequence number given, per topic and key. The row is the lock that orders writers of one key.
CREATE TABLE outbox_sequences (
  topic TEXT NOT NULL,
  event_key TEXT NOT NULL,
  last_sequence BIGINT NOT NULL,
  PRIMARY KEY (topic, event_key)
);

-- Events whose effect is committed here.
CREATE TABLE inbox (
  consumer_group TEXT NOT NULL,
  source TEXT NOT NULL,
  event_id TEXT NOT NULL,
  applied_at BIGINT NOT NULL,
  PRIMARY KEY (consumer_group, source, event_id)
);
CREATE INDEX inbox_by_time ON inbox (applied_at);

-- The last sequence number applied, per group, source, topic and key.
CREATE TABLE inbox_positions (
  consumer_group TEXT NOT NULL,
  source TEXT NOT NULL,
  topic TEXT NOT NULL,
  event_key TEXT NOT NULL,
  last_sequence BIGINT NOT NULL,
  PRIMARY KEY (consumer_group, source, topic, event_key)
);

-- Events that could not be applied, and those of the same key behind them.
-- state: dead (needs a person), waiting (for a missing event before it), queued (behind another),
-- ready (a person said: try again), skipped (a person said: leave it; kept as evidence).
CREATE TABLE parked_events (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  consumer_group TEXT NOT NULL,
  topic TEXT NOT NULL,
  source TEXT NOT NULL,
  event_key TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  event_id TEXT NOT NULL,
  event_type TEXT NOT NULL,
  event_time BIGINT NOT NULL,
  trace_parent TEXT NOT NULL,
  payload TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  parked_at BIGINT NOT NULL,
  decided_by TEXT NOT NULL DEFAULT '',
  UNIQUE (consumer_group, source, event_id)
);
CREATE INDEX parked_events_by_key ON parked_events (consumer_group, topic, source, event_key, sequence, id);
CREATE INDEX parked_events_by_state ON parked_events (consumer_group, topic, state, parked_at);
