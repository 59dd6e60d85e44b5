CREATE TABLE follow_ups (
  id TEXT PRIMARY KEY,
  site TEXT NOT NULL,
  case_no TEXT NOT NULL,
  round BIGINT NOT NULL,
  caller_token TEXT NOT NULL,
  department TEXT NOT NULL,
  kind BIGINT,
  topic TEXT NOT NULL,
  title TEXT NOT NULL,
  ask_by BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  next_attempt_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  state BIGINT NOT NULL,
  contacted BIGINT,
  solved BIGINT,
  department_rating BIGINT,
  hotline_rating BIGINT,
  verbatim TEXT NOT NULL,
  recorded_at BIGINT,
  exclusion TEXT NOT NULL,
  actor TEXT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX follow_ups_by_case ON follow_ups (case_no, round);
-- The desk's list: every state but "due" (1) has left it.
CREATE INDEX follow_ups_waiting ON follow_ups (next_attempt_at, id) WHERE state = 1;
-- The rates.
CREATE INDEX follow_ups_by_due_time ON follow_ups (due_at, id);

CREATE TABLE follow_up_changes (
  follow_up_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  action TEXT NOT NULL,
  actor TEXT NOT NULL,
  at BIGINT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (follow_up_id, version)
);
