-- +goose Up
-- The highest seq given to a row so far, and the transactions that may still be
-- writing rows: whoever inserts into the trail takes this lock before a seq is
-- given out, and lets go of it after the rows can be seen.
CREATE VIEW trail_end AS
SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS seq
FROM trail_seq_seq;

CREATE VIEW trail_writer AS
SELECT virtualtransaction AS id
FROM pg_locks
WHERE locktype = 'relation' AND relation = 'trail'::regclass AND mode = 'RowExclusiveLock' AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
