ALTER TABLE assessed_calls DROP COLUMN soothed;
