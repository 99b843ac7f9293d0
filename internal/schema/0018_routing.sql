-- +goose Up
-- A routing_edition is a list of the rules that say where matters go, in order, as it
-- was put in use. It is never changed: what fired can be read years later. spec is
-- routing.Rules as JSON.
CREATE TABLE routing_edition (
    number  BIGINT PRIMARY KEY,
    spec    TEXT   NOT NULL,
    reason  TEXT   NOT NULL,
    account BIGINT NOT NULL,
    actor   TEXT   NOT NULL,
    at      BIGINT NOT NULL
);

-- The list under change, one at the most: what it would do is tried on past matters
-- before it is put in use. version guards against two people changing it at once.
CREATE TABLE routing_draft (
    id      BIGINT PRIMARY KEY CHECK (id = 1),
    base    BIGINT NOT NULL,            -- the edition that it began with
    version BIGINT NOT NULL,
    spec    TEXT   NOT NULL,
    actor   TEXT   NOT NULL,
    at      BIGINT NOT NULL
);
