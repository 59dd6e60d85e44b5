DROP TABLE follow_up_changes;
DROP TABLE follow_ups;
