-- +goose Up
-- A job is work that was promised in a transaction and is done after it.
CREATE TABLE job (
    id         {{id}},
    queue      TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    args       TEXT   NOT NULL,
    single       TEXT   NOT NULL, -- of one kind, one job with this text waits; '' for any number
    state      TEXT   NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed')),
    due        BIGINT NOT NULL, -- waiting: when to run; running: when the lease ends; else: when it ended
    tries      BIGINT NOT NULL,
    most_tries BIGINT NOT NULL,
    holder     TEXT   NOT NULL, -- the process that runs it
    made       BIGINT NOT NULL,
    fault      TEXT   NOT NULL,
    asked_by   TEXT   NOT NULL  -- who had it run again
);

CREATE INDEX job_due ON job (state, due, id);

CREATE UNIQUE INDEX job_single ON job (kind, single) WHERE single <> '' AND state = 'waiting';

-- A job_turn is when a line of the timetable is due next, and who runs it now.
CREATE TABLE job_turn (
    name    TEXT PRIMARY KEY,
    due     BIGINT NOT NULL,
    holder  TEXT   NOT NULL,
    lease   BIGINT,
    began   BIGINT, -- the last turn
    ended   BIGINT,
    faults  BIGINT NOT NULL, -- in a row
    fault   TEXT   NOT NULL
);
