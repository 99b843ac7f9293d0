-- +goose Up
-- What is sealed is a private column: people.Purposes names what it may be read
-- for. What is NULL was never given, or has been forgotten.
CREATE TABLE resident (
    id                {{id}},
    name_sealed       BYTEA,
    phone_sealed      BYTEA,
    phone_index       BYTEA,
    id_number_sealed  BYTEA,
    id_number_index   BYTEA,
    address_sealed    BYTEA,
    town_id           BIGINT  NOT NULL,
    village_id        BIGINT  NOT NULL,
    grid_id           BIGINT  NOT NULL,
    courtyard_id      BIGINT  NOT NULL,
    lang              TEXT    NOT NULL,
    large             BOOLEAN NOT NULL,
    registered_at     BIGINT  NOT NULL,
    phone_proven_at   BIGINT,
    verified_at       BIGINT,
    verified_by       BIGINT  NOT NULL,  -- the staff account, 0 if not verified
    forgotten_at      BIGINT,
    forgotten_rule    TEXT    NOT NULL,
    version           BIGINT  NOT NULL
);
-- one proven telephone is one resident: signing in by code finds them here
CREATE UNIQUE INDEX resident_phone_proven ON resident (phone_index) WHERE phone_proven_at IS NOT NULL;
-- the desk's search by an exact telephone, proven or not
CREATE INDEX resident_phone ON resident (phone_index) WHERE phone_index IS NOT NULL;
-- one identity card is one resident
CREATE UNIQUE INDEX resident_id_number ON resident (id_number_index) WHERE id_number_index IS NOT NULL;

-- A contact is how to reach somebody about one matter; it is nobody's account.
CREATE TABLE contact (
    id              {{id}},
    name_sealed     BYTEA,
    phone_sealed    BYTEA,
    phone_index     BYTEA,
    address_sealed  BYTEA,
    town_id         BIGINT NOT NULL,
    village_id      BIGINT NOT NULL,
    grid_id         BIGINT NOT NULL,
    courtyard_id    BIGINT NOT NULL,
    lang            TEXT   NOT NULL,
    forgotten_at    BIGINT,
    forgotten_rule  TEXT   NOT NULL
);

-- A mailbox is where somebody may be written to: a resident or a staff account
-- about what concerns them and what they follow; without an account, the holder of
-- a slip, about that matter. Before it is confirmed nothing is sent there but the
-- question. One that has ended keeps no address; one for texts has none of its own,
-- since they go to the telephone that its owner signs in with.
CREATE TABLE mailbox (
    id              {{id}},
    owner           TEXT    NOT NULL CHECK (owner IN ('resident', 'account', 'matter')),
    owner_id        BIGINT  NOT NULL,
    channel         TEXT    NOT NULL CHECK (channel IN ('mail', 'sms', 'wechat', 'wecom', 'dingtalk', 'push')),
    address_sealed  BYTEA,
    lang            TEXT    NOT NULL,
    wanted          BOOLEAN NOT NULL,  -- letters are switched on
    topics          TEXT    NOT NULL,  -- which: own, followed, due, weekly
    asked_at        BIGINT  NOT NULL,  -- when it was last asked whether the address is right
    expires_at      BIGINT  NOT NULL,  -- the link in that question
    confirmed_at    BIGINT,
    refused_at      BIGINT,            -- a mail server said for good that nobody is there
    ended_at        BIGINT,
    ended_rule      TEXT    NOT NULL
);
-- somebody has one mailbox of each kind at a time; whom a batch of news concerns is asked by it
CREATE UNIQUE INDEX mailbox_owner ON mailbox (owner, owner_id, channel) WHERE ended_at IS NULL;
-- those that were never confirmed are deleted
CREATE INDEX mailbox_unconfirmed ON mailbox (expires_at) WHERE confirmed_at IS NULL AND ended_at IS NULL;

-- A look is somebody's sight of private facts. It is the resident's to read.
CREATE TABLE look (
    id          {{id}},
    noun        TEXT   NOT NULL CHECK (noun IN ('resident', 'contact')),
    subject_id  BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    account     BIGINT NOT NULL,
    actor       TEXT   NOT NULL,
    post        TEXT   NOT NULL,
    purpose     TEXT   NOT NULL,
    fields      TEXT   NOT NULL,
    about       TEXT   NOT NULL,
    why_sealed  BYTEA
);
-- the page "who has looked at my data"
CREATE INDEX look_subject ON look (subject_id, id);

-- A code sent to a telephone. Neither the telephone nor the code is in it.
CREATE TABLE phone_code (
    id           {{id}},
    phone_index  BYTEA  NOT NULL,
    from_index   BYTEA  NOT NULL,   -- the network address that asked for it
    hash         BYTEA  NOT NULL,
    sent_at      BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    used_at      BIGINT,
    tries        BIGINT NOT NULL CHECK (tries >= 0)
);
-- the limits of sending, and the newest code of a telephone
CREATE INDEX phone_code_phone ON phone_code (phone_index, sent_at);
CREATE INDEX phone_code_from ON phone_code (from_index, sent_at);
-- sweeping out the old ones
CREATE INDEX phone_code_sent ON phone_code (sent_at);

-- A wrong try at a code, by the network address that tried.
CREATE TABLE phone_try (
    id          {{id}},
    from_index  BYTEA  NOT NULL,
    at          BIGINT NOT NULL
);
CREATE INDEX phone_try_from ON phone_try (from_index, at);
CREATE INDEX phone_try_at ON phone_try (at);

-- Which keys the private columns are sealed with: a database and another town's
-- keys do not go together.
CREATE TABLE people_keys (
    fingerprint  TEXT PRIMARY KEY,
    noted_at     BIGINT NOT NULL
);
