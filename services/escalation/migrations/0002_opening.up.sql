-- What classification says of how the call began: SoothedScores in base64. NULL: it has not read the whole call yet; empty:
-- it has, and no encoder had the time.
ALTER TABLE assessed_calls ADD COLUMN soothed TEXT;
