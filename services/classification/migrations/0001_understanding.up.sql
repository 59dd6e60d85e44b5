-- What was said in a call, masked, and what was understood of it. `understanding` is a serialized TurnUnderstood
-- or CallUnderstood in base64: GetUnderstanding answers with what was published, byte for byte.
CREATE TABLE understood_calls (
  call_id TEXT PRIMARY KEY,
  site TEXT NOT NULL,
  region TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  message BIGINT NOT NULL,
  caller_tags TEXT NOT NULL,
  understanding TEXT
);
CREATE TABLE understood_turns (
  call_id TEXT NOT NULL,
  turn BIGINT NOT NULL,
  speaker BIGINT NOT NULL,
  said_at BIGINT NOT NULL,
  text TEXT NOT NULL,
  title TEXT NOT NULL,
  emotion BIGINT NOT NULL,
  emotions TEXT NOT NULL,
  understanding TEXT NOT NULL,
  PRIMARY KEY (call_id, turn)
);
CREATE TABLE hot_issues (
  site TEXT NOT NULL,
  hot_issue TEXT NOT NULL,
  title TEXT NOT NULL,
  place TEXT NOT NULL,
  topic TEXT NOT NULL,
  cases BIGINT NOT NULL,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  heat DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (site, hot_issue)
);
CREATE INDEX hot_issues_by_last ON hot_issues (site, last_at);
