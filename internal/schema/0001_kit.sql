-- +goose Up
-- A counter is the last number given in a series, such as the matters of a year.
CREATE TABLE counter (
    series TEXT PRIMARY KEY,
    n      BIGINT NOT NULL
);

-- A mark is how far a follower of the trail has read: the search index, a feed.
CREATE TABLE mark (
    name  TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
