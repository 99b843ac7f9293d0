-- +goose Up
-- A desk_feed is a secret address at which a calendar reads what a counter, or all of a
-- unit, has to do: made by somebody who works there, and good for as long as they do.
-- Only its hash is kept.
CREATE TABLE desk_feed (
    id          {{id}},
    account_id  BIGINT NOT NULL,   -- with whose eyes it is read
    unit_id     BIGINT NOT NULL,
    counter_id  BIGINT NOT NULL,   -- 0: every counter of the unit, and its home visits
    lang        TEXT   NOT NULL,
    token_hash  BYTEA  NOT NULL,
    made_at     BIGINT NOT NULL
);
CREATE UNIQUE INDEX desk_feed_token ON desk_feed (token_hash);
-- somebody has one of each at a time
CREATE UNIQUE INDEX desk_feed_of ON desk_feed (account_id, unit_id, counter_id);
