-- What the call was about in which a question found no answer: gaps are filled matter by matter. '' where nobody knew.
ALTER TABLE gaps ADD COLUMN matter TEXT NOT NULL DEFAULT '';
