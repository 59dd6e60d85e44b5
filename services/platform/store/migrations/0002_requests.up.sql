-- Mutating requests and their first answers, so that a repeat gets the same one.
CREATE TABLE requests (
  actor TEXT NOT NULL,
  method TEXT NOT NULL,
  request_id TEXT NOT NULL,
  payload_sha256 TEXT NOT NULL,
  response TEXT,
  claimed_at BIGINT NOT NULL,
  PRIMARY KEY (actor, method, request_id)
);
CREATE INDEX requests_by_time ON requests (claimed_at);
