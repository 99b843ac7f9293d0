-- +goose Up
-- A proxy is somebody who may do certain things for a resident, until a day: another
-- resident, or an account. Whether it counts now follows from its days.
CREATE TABLE proxy (
    id           {{id}},
    resident_id  BIGINT NOT NULL REFERENCES resident (id),  -- for whom
    by_resident  BIGINT NOT NULL,  -- who acts: a resident, 0 while the code was not taken,
    by_account   BIGINT NOT NULL,  -- or an account
    relation     TEXT   NOT NULL,
    scopes       TEXT   NOT NULL,  -- with blanks between
    consent      TEXT   NOT NULL CHECK (consent IN ('desk', 'code', 'paper', 'guardian')),
    code_index   BYTEA,            -- of the code by which it is taken; gone when it was
    paper        TEXT   NOT NULL,  -- where the signed paper is kept
    photo        TEXT   NOT NULL,  -- hash of the picture of the signed paper; '' without one
    photo_type   TEXT   NOT NULL,
    made_by      BIGINT NOT NULL,  -- the clerk's account; 0: the resident themselves
    made_at      BIGINT NOT NULL,
    taken_at     BIGINT,           -- who acts has the code, or was registered
    until_at     BIGINT NOT NULL,
    ended_at     BIGINT,
    ended_by     TEXT   NOT NULL,  -- resident, proxy or clerk
    version      BIGINT NOT NULL
);
-- who acts for a resident, and for whom somebody acts
CREATE INDEX proxy_resident ON proxy (resident_id, id);
CREATE INDEX proxy_by_resident ON proxy (by_resident, id) WHERE by_resident <> 0;
CREATE INDEX proxy_by_account ON proxy (by_account, id) WHERE by_account <> 0;
-- whether a picture is still needed, and which have been kept long enough
CREATE INDEX proxy_photo ON proxy (photo) WHERE photo <> '';
-- a code opens one
CREATE UNIQUE INDEX proxy_code ON proxy (code_index) WHERE code_index IS NOT NULL;

-- What was done by a proxy: both read it.
CREATE TABLE proxy_act (
    id        {{id}},
    proxy_id  BIGINT NOT NULL REFERENCES proxy (id),
    at        BIGINT NOT NULL,
    scope     TEXT   NOT NULL,
    number    TEXT   NOT NULL   -- of the matter, question or booking
);
CREATE INDEX proxy_act_proxy ON proxy_act (proxy_id, id);
