-- What the call was about in which a question found no answer: gaps are filled matter by matter. '' where nobody knew.
ALTER TABLE gaps ADD COLUMN matter TEXT NOT NULL DEFAULT '';
-- Where the answer was asked for: a site's director reads of its own. '' in rows older than this, and for the country.
ALTER TABLE served_answers ADD COLUMN region TEXT NOT NULL DEFAULT '';
