-- +goose Up
-- A phone is a telephone that somebody works with in the field. The town knows when it
-- last called, and not from where.
CREATE TABLE field_phone (
    id         {{id}},
    account_id BIGINT NOT NULL,  -- whose it is
    name       TEXT   NOT NULL,
    token      BYTEA  NOT NULL,  -- SHA-256 of the secret by which it is known
    state      TEXT   NOT NULL CHECK (state IN ('in_use', 'lost', 'wiped', 'left')),
    made_at    BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,  -- when it last called, to the minute
    ahead      BIGINT NOT NULL,  -- by how many milliseconds its clock was ahead of ours then
    waits      BIGINT NOT NULL,  -- how much it held then that had not been acknowledged
    lost_at    BIGINT,
    ended_at   BIGINT,           -- when it said that it has forgotten everything
    version    BIGINT NOT NULL
);
-- by what it says it is
CREATE UNIQUE INDEX field_phone_token ON field_phone (token);
-- one's own
CREATE INDEX field_phone_account ON field_phone (account_id, state);

-- An envelope is something that was put down in the field, and taken in once. What it says
-- stands in the record that it became.
CREATE TABLE field_envelope (
    id          {{id}},
    account_id  BIGINT  NOT NULL,
    hash        BYTEA   NOT NULL,  -- SHA-256 of its text as the phone wrote it
    phone_id    BIGINT  NOT NULL REFERENCES field_phone (id),
    kind        TEXT    NOT NULL,
    made_at     BIGINT  NOT NULL,  -- by the phone's clock
    ahead       BIGINT  NOT NULL,  -- by how many milliseconds that was ahead of ours when it was sent
    happened_at BIGINT  NOT NULL,  -- when it was made by our clock, as far as can be known
    sure        BOOLEAN NOT NULL,  -- false: only the nearest that it can have been
    taken_at    BIGINT  NOT NULL,
    noun        TEXT    NOT NULL,  -- what it became
    record_id   BIGINT  NOT NULL
);
-- each is taken once
CREATE UNIQUE INDEX field_envelope_hash ON field_envelope (account_id, hash);

-- A file that came from a phone in pieces and is whole. Its bytes are kept cleaned, so that
-- there are two hashes: of what arrived, and of what is kept.
CREATE TABLE field_file (
    id          {{id}},
    account_id  BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    envelope_id BIGINT REFERENCES field_envelope (id),  -- NULL: it has not come yet
    arrived     BYTEA  NOT NULL,  -- SHA-256 of the bytes that came
    length      BIGINT NOT NULL,  -- how many those were
    blob        TEXT   NOT NULL,  -- SHA-256 of what is kept
    type        TEXT   NOT NULL,
    size        BIGINT NOT NULL,
    width       BIGINT NOT NULL,
    height      BIGINT NOT NULL
);
-- each comes once
CREATE UNIQUE INDEX field_file_arrived ON field_file (account_id, arrived);
-- whether a kept file is still waited for
CREATE INDEX field_file_blob ON field_file (blob) WHERE envelope_id IS NULL;
-- what nobody has asked for
CREATE INDEX field_file_at ON field_file (at) WHERE envelope_id IS NULL;

-- A conflict is a change from the field that met another made meanwhile; a person settles it.
CREATE TABLE field_conflict (
    id           {{id}},
    envelope_id  BIGINT NOT NULL REFERENCES field_envelope (id),
    noun         TEXT   NOT NULL,   -- of the record
    record_id    BIGINT NOT NULL,
    town_id      BIGINT NOT NULL,
    village_id   BIGINT NOT NULL,
    grid_id      BIGINT NOT NULL,
    courtyard_id BIGINT NOT NULL,
    account_id   BIGINT NOT NULL,   -- who wrote it down
    state        TEXT   NOT NULL CHECK (state IN ('waiting', 'passed', 'settled')),
    fields_sealed BYTEA NOT NULL,   -- what it is about: as read, as written down, as it is; sealed, deleted 90 days after it is settled
    made_at      BIGINT NOT NULL,
    moved_at     BIGINT NOT NULL,
    settled_by   BIGINT NOT NULL,
    version      BIGINT NOT NULL
);
-- whose turn it is
CREATE INDEX field_conflict_state ON field_conflict (state, made_at);
