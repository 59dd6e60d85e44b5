-- A call as its events tell it; started_at is NULL while only a reading of it has come. `conduct` is the published
-- Conduct in base64. `waiting_since`: when the turn that waits for its reading was first seen, by the wall clock.
CREATE TABLE assessed_calls (
  call_id TEXT PRIMARY KEY,
  site TEXT NOT NULL,
  started_at BIGINT,
  message BIGINT NOT NULL,
  caller_tags TEXT NOT NULL,
  assessed_through BIGINT NOT NULL,
  warned BIGINT NOT NULL,
  waiting_since BIGINT,
  closed_at BIGINT,
  last_turn BIGINT NOT NULL,
  conduct TEXT
);
CREATE INDEX assessed_calls_waiting ON assessed_calls (waiting_since) WHERE waiting_since IS NOT NULL;
CREATE INDEX assessed_calls_by_start ON assessed_calls (started_at);

-- The snapshot of the caller's history that CallOpened brought.
CREATE TABLE earlier_cases (
  call_id TEXT NOT NULL,
  position BIGINT NOT NULL,
  case_no TEXT NOT NULL,
  at BIGINT NOT NULL,
  summary TEXT NOT NULL,
  topic TEXT NOT NULL,
  kind BIGINT NOT NULL,
  open BIGINT NOT NULL,
  dissatisfied BIGINT NOT NULL,
  due_at BIGINT,
  reopenings BIGINT NOT NULL,
  returns BIGINT NOT NULL,
  PRIMARY KEY (call_id, position)
);

-- Turns, masked. `preliminary` and `final` are the published TurnRiskAssessed in base64: GetCallRisk answers with
-- what was published, byte for byte.
CREATE TABLE assessed_turns (
  call_id TEXT NOT NULL,
  turn BIGINT NOT NULL,
  speaker BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  said_at BIGINT NOT NULL,
  text TEXT NOT NULL,
  seen_at BIGINT NOT NULL,
  preliminary TEXT,
  final TEXT,
  PRIMARY KEY (call_id, turn)
);

-- What classification read out of a caller's turn: a TurnUnderstood without its words, in base64. May be here before
-- the turn is, and before its call.
CREATE TABLE turn_readings (
  call_id TEXT NOT NULL,
  turn BIGINT NOT NULL,
  reading TEXT NOT NULL,
  PRIMARY KEY (call_id, turn)
);

-- `reasons`: an Alert message with its reasons alone, in base64.
CREATE TABLE alerts (
  alert_id TEXT PRIMARY KEY,
  call_id TEXT NOT NULL,
  site TEXT NOT NULL,
  turn BIGINT NOT NULL,
  level BIGINT NOT NULL,
  risk DOUBLE PRECISION NOT NULL,
  reasons TEXT NOT NULL,
  raised_at BIGINT NOT NULL,
  state BIGINT NOT NULL,
  actor TEXT NOT NULL,
  verdict BIGINT,
  verdict_note TEXT NOT NULL,
  judged_at BIGINT,
  suggestion TEXT NOT NULL,
  version BIGINT NOT NULL,
  UNIQUE (call_id, level)
);
CREATE INDEX alerts_by_time ON alerts (raised_at, alert_id);
CREATE INDEX alerts_by_site ON alerts (site, raised_at, alert_id);
CREATE INDEX alerts_judged ON alerts (judged_at) WHERE judged_at IS NOT NULL;

-- History, and the feed that WatchAlerts follows: `id` is its cursor.
CREATE TABLE alert_changes (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  alert_id TEXT NOT NULL,
  site TEXT NOT NULL,
  version BIGINT NOT NULL,
  action BIGINT NOT NULL,
  actor TEXT NOT NULL,
  at BIGINT NOT NULL,
  note TEXT NOT NULL
);
CREATE INDEX alert_changes_by_alert ON alert_changes (alert_id, version);

-- Calls that should have had a warning and had none.
CREATE TABLE missed_calls (
  call_id TEXT PRIMARY KEY,
  site TEXT NOT NULL,
  turn BIGINT NOT NULL,
  note TEXT NOT NULL,
  actor TEXT NOT NULL,
  reported_at BIGINT NOT NULL
);
CREATE INDEX missed_calls_by_time ON missed_calls (reported_at);
