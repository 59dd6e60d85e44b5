DROP TABLE suggested_phrases;
DROP TABLE served_answers;
DROP TABLE gaps;
DROP TABLE phrases;
DROP TABLE knowledge_version;
DROP TABLE articles;
