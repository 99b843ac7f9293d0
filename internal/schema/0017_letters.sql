-- +goose Up
-- A binding is a code that its owner was shown, to send from the account of WeChat
-- in which they want to be written to. It is good once, for some minutes.
CREATE TABLE letter_binding (
    id         {{id}},
    owner      TEXT   NOT NULL CHECK (owner IN ('resident', 'account')),
    owner_id   BIGINT NOT NULL,
    lang       TEXT   NOT NULL,
    code_hash  BYTEA  NOT NULL,
    ends_at    BIGINT NOT NULL
);
-- what was sent is looked for by it
CREATE UNIQUE INDEX letter_binding_code ON letter_binding (code_hash);
-- somebody has one at a time
CREATE UNIQUE INDEX letter_binding_owner ON letter_binding (owner, owner_id);

-- A letter_feed is a secret address at which a program reads what concerns somebody:
-- their news, and what they owe until when. Only its hash is kept.
CREATE TABLE letter_feed (
    id          {{id}},
    owner       TEXT   NOT NULL CHECK (owner IN ('resident', 'account')),
    owner_id    BIGINT NOT NULL,
    lang        TEXT   NOT NULL,
    token_hash  BYTEA  NOT NULL,
    made_at     BIGINT NOT NULL,
    ended_at    BIGINT
);
CREATE UNIQUE INDEX letter_feed_token ON letter_feed (token_hash);
-- somebody has one at a time
CREATE UNIQUE INDEX letter_feed_owner ON letter_feed (owner, owner_id) WHERE ended_at IS NULL;

-- The words of messages that an administrator has put in the place of the shipped
-- ones, by name and language.
CREATE TABLE letter_words (
    id          {{id}},
    name        TEXT   NOT NULL,
    lang        TEXT   NOT NULL,
    words       TEXT   NOT NULL,
    changed_at  BIGINT NOT NULL
);
CREATE UNIQUE INDEX letter_words_name ON letter_words (name, lang);
