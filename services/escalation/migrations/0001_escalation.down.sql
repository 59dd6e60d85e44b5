DROP TABLE missed_calls;
DROP TABLE alert_changes;
DROP TABLE alerts;
DROP TABLE turn_readings;
DROP TABLE assessed_turns;
DROP TABLE earlier_cases;
DROP TABLE assessed_calls;
