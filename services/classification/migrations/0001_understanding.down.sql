DROP TABLE hot_issues;
DROP TABLE understood_turns;
DROP TABLE understood_calls;
