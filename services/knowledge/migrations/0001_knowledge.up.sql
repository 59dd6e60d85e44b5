CREATE TABLE articles (
  article_id TEXT NOT NULL,
  version BIGINT NOT NULL,
  title TEXT NOT NULL,
  site TEXT NOT NULL,
  region TEXT NOT NULL,
  document_number TEXT NOT NULL,
  clause TEXT NOT NULL,
  effective_from TEXT NOT NULL,
  effective_to TEXT NOT NULL,
  supersedes TEXT NOT NULL,
  department TEXT NOT NULL,
  text TEXT NOT NULL,
  questions TEXT NOT NULL,
  retired BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  -- 1 for the newest version of its id: the only one that is searched.
  newest BIGINT NOT NULL,
  knowledge_version BIGINT NOT NULL,
  PRIMARY KEY (article_id, version)
);
-- What an index has not seen yet.
CREATE INDEX articles_changed ON articles (knowledge_version);
CREATE INDEX articles_newest ON articles (article_id) WHERE newest = 1;

-- One row: grows with every change of an article or a phrase.
CREATE TABLE knowledge_version (id BIGINT PRIMARY KEY, version BIGINT NOT NULL);
INSERT INTO knowledge_version (id, version) VALUES (1, 0);

CREATE TABLE phrases (
  phrase_id TEXT PRIMARY KEY,
  situation TEXT NOT NULL,
  audience TEXT NOT NULL,
  emotion BIGINT NOT NULL,
  text TEXT NOT NULL,
  avoid TEXT NOT NULL,
  retired BIGINT NOT NULL
);

-- Questions that had no answer.
CREATE TABLE gaps (
  question TEXT NOT NULL,
  region TEXT NOT NULL,
  reason BIGINT NOT NULL,
  times_asked BIGINT NOT NULL,
  last_asked_at BIGINT NOT NULL,
  PRIMARY KEY (question, region)
);
CREATE INDEX gaps_by_times ON gaps (times_asked, question, region);

-- Who was told what: when a rule turns out old, these people get a call.
CREATE TABLE served_answers (
  call_id TEXT NOT NULL,
  turn BIGINT NOT NULL,
  question TEXT NOT NULL,
  article_id TEXT NOT NULL,
  article_version BIGINT NOT NULL,
  served_at BIGINT NOT NULL,
  PRIMARY KEY (call_id, turn)
);
CREATE INDEX served_by_article ON served_answers (article_id, article_version, call_id, turn);

-- Phrases already suggested in a call: none comes twice.
CREATE TABLE suggested_phrases (
  call_id TEXT NOT NULL,
  phrase_id TEXT NOT NULL,
  PRIMARY KEY (call_id, phrase_id)
);
