-- +goose Up
-- A letter is one message to one mailbox. Its fate is kept; its words never are:
-- they are written when it is sent, from what its reader may read then.
CREATE TABLE letter (
    id          {{id}},
    mailbox_id  BIGINT  NOT NULL REFERENCES mailbox (id),
    owner       TEXT    NOT NULL CHECK (owner IN ('resident', 'account', 'matter')),
    kind        TEXT    NOT NULL CHECK (kind IN ('confirm', 'news')),
    state       TEXT    NOT NULL CHECK (state IN ('waiting', 'posting', 'sent', 'refused', 'given_up', 'dropped')),
    urgent      BOOLEAN NOT NULL,  -- may be sent at night
    made_at     BIGINT  NOT NULL,
    due_at      BIGINT  NOT NULL,  -- not sent before
    tried_at    BIGINT,            -- the last try
    ended_at    BIGINT,
    tries       BIGINT  NOT NULL,
    news        BIGINT  NOT NULL,  -- how many pieces of news it told
    fault       TEXT    NOT NULL,  -- why the last try came to nothing; names no address
    to_index    BYTEA,             -- of a confirmation: the address, and who asked; kept for a day
    from_index  BYTEA
);
-- what waits for a mailbox, so that several pieces of news go in one letter
CREATE INDEX letter_waiting ON letter (mailbox_id) WHERE state = 'waiting';
-- the administrator's list
CREATE INDEX letter_state ON letter (state, id);
-- how many confirmations went to one address, or were asked for from one
CREATE INDEX letter_to ON letter (to_index, made_at) WHERE to_index IS NOT NULL;
CREATE INDEX letter_from ON letter (from_index, made_at) WHERE from_index IS NOT NULL;

-- A letter_item is a piece of news that a waiting letter is to tell, by the domain
-- that knows what it says. It goes when the letter has ended.
CREATE TABLE letter_item (
    letter_id  BIGINT NOT NULL REFERENCES letter (id),
    source     TEXT   NOT NULL,
    ref        BIGINT NOT NULL,
    PRIMARY KEY (letter_id, source, ref)
);
