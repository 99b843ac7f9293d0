-- +goose Up
-- A reply is what a program was answered that gave its question a name of its own,
-- an idempotency key: whoever asks the same again within a day is answered the same.
CREATE TABLE exchange_reply (
    id      {{id}},
    key_id  BIGINT NOT NULL REFERENCES api_key (id),
    name    BYTEA  NOT NULL,   -- SHA-256 of the program's name for the question
    asked   BYTEA  NOT NULL,   -- SHA-256 of what was asked
    answer  BYTEA,             -- sealed
    made_at BIGINT NOT NULL
);
-- a program asks again
CREATE UNIQUE INDEX exchange_reply_name ON exchange_reply (key_id, name);
-- what nobody may ask for any more
CREATE INDEX exchange_reply_made ON exchange_reply (made_at);
