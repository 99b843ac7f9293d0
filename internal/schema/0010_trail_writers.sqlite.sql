-- +goose Up
-- The highest seq given to a row so far, and who may still be writing rows. This
-- engine has one writer, and nobody sees rows before they are committed.
CREATE VIEW trail_end AS
SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'trail'), 0) AS seq;

CREATE VIEW trail_writer AS
SELECT '' AS id WHERE 1 = 0;
