-- +goose Up
-- A routing_trial is one night's attempt to learn better where matters belong: a model
-- was trained and compared, on the newest weeks, with what was in use. It is never
-- changed, so that one can see when the program began to suggest what, and why.
CREATE TABLE routing_trial (
    id         {{id}},
    subject    TEXT    NOT NULL CHECK (subject IN ('category', 'unit')),
    at         BIGINT  NOT NULL,
    learnt     BIGINT  NOT NULL,        -- closed matters that it learnt from
    tested     BIGINT  NOT NULL,        -- closed matters of the newest weeks, which it did not
    from_at    BIGINT  NOT NULL,        -- when the first and the last of those was raised
    until_at   BIGINT  NOT NULL,
    right_new  BIGINT  NOT NULL,        -- of those tested
    right_old  BIGINT  NOT NULL,        -- by what was in use
    against_id BIGINT  NOT NULL,        -- the trial whose model was in use, 0: the words and units of the categories
    kept       BOOLEAN NOT NULL         -- the new one is in use since
);
-- the trials of a subject, newest first
CREATE INDEX routing_trial_subject ON routing_trial (subject, id);

-- A routing_model is what is in use for a subject. It holds hashes and weights, no words.
CREATE TABLE routing_model (
    subject  TEXT   PRIMARY KEY CHECK (subject IN ('category', 'unit')),
    trial_id BIGINT NOT NULL,
    report   TEXT   NOT NULL,           -- routing.Report as JSON: how it did on the weeks of its trial
    model    BYTEA  NOT NULL            -- classify.Model
);
