DROP TABLE outbox_leases;
DROP TABLE outbox_relays;
ALTER TABLE outbox DROP COLUMN shard;
