-- +goose Up
-- A connection is another system with which matters are exchanged.
CREATE TABLE exchange_connection (
    id           {{id}},
    name         TEXT    NOT NULL,
    endpoint     TEXT    NOT NULL,   -- as its discovery names it
    jurisdiction TEXT    NOT NULL,
    secret       BYTEA,              -- the key that it gave the town, sealed; NULL if none
    unit_id      BIGINT  NOT NULL REFERENCES unit (id),
    push         BOOLEAN NOT NULL,   -- what is dispatched to the unit goes there
    pull         BOOLEAN NOT NULL,   -- what is asked for there comes in here
    tell         BOOLEAN NOT NULL,   -- how what came in from there goes on is told there
    services     TEXT    NOT NULL,   -- which category is which service there, as JSON
    active       BOOLEAN NOT NULL,
    created_at   BIGINT  NOT NULL,
    told_until   BIGINT  NOT NULL,   -- until when it has told of updates
    pulled_until BIGINT  NOT NULL,   -- until when its requests have come in
    asked_at     BIGINT,             -- when it was last asked
    fault        TEXT    NOT NULL,   -- why that came to nothing, '' if it did not
    version      BIGINT  NOT NULL
);
-- the connection of a unit, to which a matter has been dispatched
CREATE INDEX exchange_connection_unit ON exchange_connection (unit_id) WHERE active;

-- A transfer is a matter on its way to another system, or there.
CREATE TABLE exchange_transfer (
    id            {{id}},
    connection_id BIGINT NOT NULL REFERENCES exchange_connection (id),
    matter_id     BIGINT NOT NULL REFERENCES matter (id),
    number        TEXT   NOT NULL,
    state         TEXT   NOT NULL CHECK (state IN ('waiting', 'sent', 'refused', 'withheld', 'ended')),
    remote        TEXT   NOT NULL,   -- what the other system calls it, '' until it has said
    token         TEXT   NOT NULL,   -- by which its name is asked for
    heard         TEXT   NOT NULL,   -- what it said last of how it stands
    fault         TEXT   NOT NULL,
    made_at       BIGINT NOT NULL,
    tried_at      BIGINT,            -- when it was first sent, perhaps without an answer
    sent_at       BIGINT,
    ended_at      BIGINT,
    version       BIGINT NOT NULL
);
CREATE UNIQUE INDEX exchange_transfer_matter ON exchange_transfer (connection_id, matter_id);
-- what the other system is asked about
CREATE INDEX exchange_transfer_sent ON exchange_transfer (connection_id, id) WHERE state = 'sent';
-- what happens to a matter is told where it is
CREATE INDEX exchange_transfer_of ON exchange_transfer (matter_id);
-- an update names a request
CREATE INDEX exchange_transfer_remote ON exchange_transfer (connection_id, remote) WHERE remote <> '';
