DROP TABLE parked_events;
DROP TABLE inbox_positions;
DROP TABLE inbox;
DROP TABLE outbox_sequences;
DROP TABLE outbox;
