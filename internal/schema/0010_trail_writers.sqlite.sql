-- +goose Up
-- The highest seq given to a row so far, and who may still be writing rows. This
-- engine has one writer, nobody sees rows before they are committed, and rows are
-- never taken away, so that the last one there tells it.
CREATE VIEW trail_end AS
SELECT COALESCE(max(seq), 0) AS seq
FROM trail;

CREATE VIEW trail_writer AS
SELECT '' AS id WHERE 1 = 0;
