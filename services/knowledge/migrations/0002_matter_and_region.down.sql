ALTER TABLE served_answers DROP COLUMN region;
ALTER TABLE gaps DROP COLUMN matter;
