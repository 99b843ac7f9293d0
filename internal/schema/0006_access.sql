-- +goose Up
-- An account is a person who works for the town, and how they prove it.
CREATE TABLE account (
    id           {{id}},
    login        TEXT NOT NULL,           -- folded: small letters, NFKC
    name         TEXT NOT NULL,
    password     TEXT NOT NULL,           -- argon2id in PHC form, '' if there is none to sign in with
    must_change  BOOLEAN NOT NULL,        -- the password was set by somebody else
    totp         BYTEA,                   -- sealed secret of the second factor in force
    totp_pending BYTEA,                   -- sealed secret shown, but not yet confirmed
    totp_step    BIGINT NOT NULL,         -- the time step of the last code used, which is used once
    disabled     BOOLEAN NOT NULL,
    created_at   BIGINT NOT NULL,
    version      BIGINT NOT NULL
);
CREATE UNIQUE INDEX account_login ON account (login);

-- A recovery code stands in for the second factor, once. hash is a keyed index.
CREATE TABLE recovery_code (
    account_id BIGINT NOT NULL REFERENCES account (id),
    hash       BYTEA NOT NULL,
    used_at    BIGINT,
    PRIMARY KEY (account_id, hash)
);

-- A session is a browser that has signed in, wholly or in part; see stage.
-- It is removed when it is signed out, revoked or over.
CREATE TABLE session (
    id          {{id}},
    token       BYTEA NOT NULL,           -- SHA-256 of what the browser holds
    account_id  BIGINT NOT NULL,
    resident_id BIGINT NOT NULL,
    name        TEXT NOT NULL,            -- a resident's masked name, '' for staff
    stage       TEXT NOT NULL CHECK (stage IN ('open','second','enrol','change')),
    tries       BIGINT NOT NULL,          -- wrong second factors
    agent       TEXT NOT NULL,
    address     TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    CHECK ((account_id = 0) <> (resident_id = 0))
);
CREATE UNIQUE INDEX session_token ON session (token);
CREATE INDEX session_account ON session (account_id) WHERE account_id <> 0;
CREATE INDEX session_resident ON session (resident_id) WHERE resident_id <> 0;
-- the job that removes what is over
CREATE INDEX session_expires ON session (expires_at);

-- A sign_in_try counts tries to sign in to one account, or from one address, by
-- the hash of which: what people type into the field for the login is not kept.
CREATE TABLE sign_in_try (
    key      TEXT PRIMARY KEY,
    n        BIGINT NOT NULL,
    last_at  BIGINT NOT NULL,
    until_at BIGINT                       -- before then no further try is looked at
);
CREATE INDEX sign_in_try_last ON sign_in_try (last_at);

-- An api_key lets another program of somebody's in. What it holds is kept as a hash
-- alone. A revoked key stays, so that the trail can be read.
CREATE TABLE api_key (
    id          {{id}},
    name        TEXT   NOT NULL,          -- as the trail and the town's pages call the program
    hint        TEXT   NOT NULL,          -- the beginning of the key, by which its holder knows it again
    hash        BYTEA  NOT NULL,          -- SHA-256 of the key
    scopes      TEXT   NOT NULL,          -- what it may do, with spaces between
    account_id  BIGINT NOT NULL,          -- the account for which it acts, 0 if none
    unit_id     BIGINT NOT NULL,          -- the unit for which it acts, 0 if none
    city_id     BIGINT NOT NULL,          -- the place to which it is limited, 0 if to none
    town_id     BIGINT NOT NULL,
    village_id  BIGINT NOT NULL,
    grid_id     BIGINT NOT NULL,
    courtyard_id BIGINT NOT NULL,
    per_minute  BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    created_by  BIGINT NOT NULL,          -- an account, 0 for the console
    expires_at  BIGINT,                   -- NULL: never
    revoked_at  BIGINT,
    used_on     BIGINT,                   -- the last day on which it was used; no more is kept
    version     BIGINT NOT NULL,
    CHECK (account_id = 0 OR unit_id = 0)
);
CREATE UNIQUE INDEX api_key_hash ON api_key (hash);
