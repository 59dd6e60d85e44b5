-- Calls, messages as calls of one turn, and cases. Texts are masked; contacts stand sealed in their own tables.
CREATE TABLE calls (
  call_id TEXT NOT NULL PRIMARY KEY,
  site TEXT NOT NULL,
  region TEXT NOT NULL,
  channel BIGINT NOT NULL,
  message BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  caller_token TEXT NOT NULL,
  caller_tags TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  confidential BIGINT NOT NULL,
  external_actor TEXT,
  external_id TEXT,
  last_turn BIGINT NOT NULL,
  last_caller_turn BIGINT NOT NULL,
  last_at_ms BIGINT NOT NULL,
  closed_at BIGINT,
  closed_wall_at BIGINT,
  risk_through BIGINT NOT NULL,
  advice_through BIGINT NOT NULL,
  reviewed BIGINT NOT NULL,
  understanding_came BIGINT NOT NULL,
  drafted BIGINT NOT NULL,
  understood BIGINT NOT NULL,
  settled BIGINT NOT NULL,
  feed_length BIGINT NOT NULL,
  -- Wall time of the close while the call is not settled: what the search for late ones reads.
  waiting_since BIGINT,
  UNIQUE (site, external_actor, external_id)
);
CREATE INDEX calls_waiting ON calls (waiting_since);

CREATE TABLE turns (
  call_id TEXT NOT NULL,
  turn BIGINT NOT NULL,
  speaker BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  PRIMARY KEY (call_id, turn)
);

-- What siblings said of a call, in the order it came; payloads are base64 of the event's message.
CREATE TABLE call_feed (
  call_id TEXT NOT NULL,
  position BIGINT NOT NULL,
  kind BIGINT NOT NULL,
  payload TEXT NOT NULL,
  PRIMARY KEY (call_id, position)
);

CREATE TABLE cases (
  case_no TEXT NOT NULL PRIMARY KEY,
  site TEXT NOT NULL,
  region TEXT NOT NULL,
  channel BIGINT NOT NULL,
  call_id TEXT NOT NULL,
  external_id TEXT NOT NULL,
  kind BIGINT NOT NULL,
  topic TEXT NOT NULL,
  departments TEXT NOT NULL,
  dispatch_basis TEXT NOT NULL,
  state BIGINT NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  due_at BIGINT,
  version BIGINT NOT NULL,
  parent_case_no TEXT NOT NULL,
  repeats BIGINT NOT NULL,
  urges BIGINT NOT NULL,
  return_count BIGINT NOT NULL,
  reopenings BIGINT NOT NULL,
  confidential BIGINT NOT NULL,
  crisis BIGINT NOT NULL,
  supervised BIGINT NOT NULL,
  caller_token TEXT NOT NULL,
  reply TEXT NOT NULL,
  route TEXT NOT NULL,
  updated_at BIGINT NOT NULL,
  hot_issue TEXT NOT NULL,
  touched BIGINT NOT NULL,
  satisfaction BIGINT,
  resume_state BIGINT,
  resume_parent_case_no TEXT NOT NULL,
  stopped_at BIGINT,
  dispatched_at BIGINT,
  closed_at BIGINT,
  handling_days BIGINT NOT NULL,
  extension_days BIGINT NOT NULL,
  unreached BIGINT NOT NULL,
  -- JSON: topics, slots, intents, caller tags, evidence.
  understanding TEXT NOT NULL
);
CREATE INDEX cases_site ON cases (site, opened_at, case_no);
CREATE INDEX cases_opened ON cases (opened_at, case_no);
CREATE INDEX cases_count ON cases (site, state);
CREATE INDEX cases_call ON cases (call_id);
CREATE INDEX cases_caller ON cases (site, caller_token, opened_at);

-- History, and the feed of a site's changes: `id` is its cursor.
CREATE TABLE case_changes (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  case_no TEXT NOT NULL,
  site TEXT NOT NULL,
  version BIGINT NOT NULL,
  action BIGINT NOT NULL,
  from_state BIGINT,
  to_state BIGINT NOT NULL,
  reason TEXT NOT NULL,
  actor TEXT NOT NULL,
  changed_at BIGINT NOT NULL,
  written_at BIGINT NOT NULL
);
CREATE INDEX case_changes_case ON case_changes (case_no, id);

CREATE TABLE case_supplements (
  case_no TEXT NOT NULL,
  version BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (case_no, version)
);

-- The signature of a case's words (domain/grams.h): a narrow table that a search reads instead of the texts.
CREATE TABLE case_signatures (
  case_no TEXT NOT NULL PRIMARY KEY,
  site TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  s0 BIGINT NOT NULL, s1 BIGINT NOT NULL, s2 BIGINT NOT NULL, s3 BIGINT NOT NULL,
  s4 BIGINT NOT NULL, s5 BIGINT NOT NULL, s6 BIGINT NOT NULL, s7 BIGINT NOT NULL,
  s8 BIGINT NOT NULL, s9 BIGINT NOT NULL, s10 BIGINT NOT NULL, s11 BIGINT NOT NULL,
  s12 BIGINT NOT NULL, s13 BIGINT NOT NULL, s14 BIGINT NOT NULL, s15 BIGINT NOT NULL
);

CREATE INDEX case_signatures_site ON case_signatures (site, opened_at, case_no);

-- The next serial of a site's day; processes take them in blocks.
CREATE TABLE case_serials (
  site TEXT NOT NULL,
  serial_day BIGINT NOT NULL,
  next_serial BIGINT NOT NULL,
  PRIMARY KEY (site, serial_day)
);

-- The only home of contacts and private words, sealed and bound to their owner: "call/<id>" or "case/<number>".
CREATE TABLE contacts (
  owner TEXT NOT NULL PRIMARY KEY,
  sealed TEXT NOT NULL
);
CREATE TABLE private_mentions (
  owner TEXT NOT NULL,
  part BIGINT NOT NULL,
  sealed TEXT NOT NULL,
  PRIMARY KEY (owner, part)
);
CREATE TABLE contact_reveals (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  case_no TEXT NOT NULL,
  purpose TEXT NOT NULL,
  actor TEXT NOT NULL,
  request_id TEXT NOT NULL,
  revealed_at BIGINT NOT NULL,
  UNIQUE (actor, request_id)
);
CREATE INDEX contact_reveals_case ON contact_reveals (case_no);
