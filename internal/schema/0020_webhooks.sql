-- +goose Up
-- A webhook is an address at which another program hears what is done to matters.
CREATE TABLE webhook (
    id           {{id}},
    name         TEXT   NOT NULL,
    url          TEXT   NOT NULL,
    key_id       BIGINT NOT NULL,   -- the API key whose it is and with whose eyes it reads; 0: the town's, it reads what everybody reads
    acts         TEXT   NOT NULL,   -- of which it hears, with blanks between; '' is all
    categories   TEXT   NOT NULL,   -- likewise
    place_id     BIGINT NOT NULL,   -- what lies in it; 0 is the whole city
    lang         TEXT   NOT NULL,   -- of the names in what is sent
    secret       BYTEA  NOT NULL,   -- signs what is sent; sealed
    former       BYTEA,             -- the secret before it, sealed; NULL if none is good any more
    former_until BIGINT,            -- until when what is sent is signed with both
    state        TEXT   NOT NULL CHECK (state IN ('active', 'paused', 'disabled')),
    why          TEXT   NOT NULL,   -- why it was disabled: the key of a message, '' if it is not
    created_at   BIGINT NOT NULL,
    created_by   BIGINT NOT NULL,   -- the account that is told when it is disabled; 0: nobody
    version      BIGINT NOT NULL,
    streak       BIGINT NOT NULL,   -- how many tries in succession came to nothing
    failing_at   BIGINT,            -- when the first of them was
    rest_until   BIGINT,            -- nothing is sent before
    good_at      BIGINT             -- when something last arrived
);
-- a program asks for its own
CREATE INDEX webhook_key ON webhook (key_id);

-- A delivery is one act on its way to a webhook, or there. What is said of the matter
-- is read when it is sent, and not kept.
CREATE TABLE webhook_delivery (
    id         {{id}},
    webhook_id BIGINT NOT NULL REFERENCES webhook (id),
    seq        BIGINT NOT NULL,     -- the row of the trail that tells of the act; 0 of a test
    matter_id  BIGINT NOT NULL,     -- 0 of a test
    number     TEXT   NOT NULL,     -- the matter's
    act        TEXT   NOT NULL,
    was        TEXT   NOT NULL,     -- the matter's state before the act
    became     TEXT   NOT NULL,     -- and after it
    at         BIGINT NOT NULL,     -- when it was done
    gone       BOOLEAN NOT NULL,    -- it took the matter away from a reader who had heard of it: that alone is said
    state      TEXT   NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed', 'withheld')),
    tries      BIGINT NOT NULL,
    made_at    BIGINT NOT NULL,
    due_at     BIGINT NOT NULL,
    tried_at   BIGINT,
    ended_at   BIGINT,
    status     BIGINT NOT NULL,     -- of the last answer; 0 if there was none
    took       BIGINT NOT NULL,     -- milliseconds until then
    answer     BYTEA,               -- its first bytes, sealed
    fault      TEXT   NOT NULL      -- why the last try came to nothing: the key of a message
);
-- each act is told to each once
CREATE UNIQUE INDEX webhook_delivery_seq ON webhook_delivery (webhook_id, seq) WHERE seq > 0;
-- the next one of each matter, in order, and whether it was told of at all
CREATE INDEX webhook_delivery_matter ON webhook_delivery (webhook_id, matter_id, seq);
-- when the next is due
CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook_id, due_at) WHERE state = 'waiting';
-- the list of a webhook's, by their fate
CREATE INDEX webhook_delivery_state ON webhook_delivery (webhook_id, state, id);
-- what has waited long enough
CREATE INDEX webhook_delivery_made ON webhook_delivery (made_at) WHERE state = 'waiting';
-- what has been kept long enough
CREATE INDEX webhook_delivery_ended ON webhook_delivery (ended_at) WHERE ended_at IS NOT NULL;
