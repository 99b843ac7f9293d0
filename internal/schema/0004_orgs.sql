-- +goose Up
-- A unit is a body that can be responsible: a bureau, a street, a committee, a company.
-- Its path columns say whose place it serves; 0 is "not below this level".
CREATE TABLE unit (
    id           {{id}},
    kind         TEXT NOT NULL CHECK (kind IN ('city','bureau','street','centre','station','committee','company','outside')),
    key          TEXT NOT NULL,          -- what it is for, as categories name it: water, centre; '' for none
    code         TEXT NOT NULL,          -- the town's own number for it, '' for none
    name_zh      TEXT NOT NULL,
    name_en      TEXT NOT NULL,
    parent_id    BIGINT NOT NULL,
    city_id      BIGINT NOT NULL,
    town_id      BIGINT NOT NULL,
    village_id   BIGINT NOT NULL,
    grid_id      BIGINT NOT NULL,
    courtyard_id BIGINT NOT NULL,
    phone        TEXT NOT NULL,
    address      TEXT NOT NULL,
    hours_zh     TEXT NOT NULL,
    hours_en     TEXT NOT NULL,
    active       BOOLEAN NOT NULL,
    version      BIGINT NOT NULL
);
-- one responsible unit of a key per place, so that the nearest one is never a choice between two
CREATE UNIQUE INDEX unit_responsible ON unit (key, city_id, town_id, village_id, grid_id, courtyard_id) WHERE active AND key <> '';
CREATE UNIQUE INDEX unit_code ON unit (code) WHERE code <> '';
CREATE INDEX unit_parent ON unit (parent_id);

-- A post is a place at a desk: a role, for a part of the tree of places and perhaps some categories.
CREATE TABLE post (
    id           {{id}},
    unit_id      BIGINT NOT NULL REFERENCES unit (id),
    title_zh     TEXT NOT NULL,
    title_en     TEXT NOT NULL,
    role         TEXT NOT NULL,
    city_id      BIGINT NOT NULL,
    town_id      BIGINT NOT NULL,
    village_id   BIGINT NOT NULL,
    grid_id      BIGINT NOT NULL,
    courtyard_id BIGINT NOT NULL,
    categories   TEXT NOT NULL,          -- JSON array of category codes, [] for all
    active       BOOLEAN NOT NULL,
    version      BIGINT NOT NULL
);
CREATE INDEX post_unit ON post (unit_id);

-- A holding says who held a post from when to when. It is ended, never removed.
CREATE TABLE holding (
    id         {{id}},
    post_id    BIGINT NOT NULL REFERENCES post (id),
    account_id BIGINT NOT NULL,
    from_at    BIGINT NOT NULL,
    to_at      BIGINT,
    version    BIGINT NOT NULL,
    CHECK (to_at IS NULL OR to_at >= from_at)
);
CREATE INDEX holding_post ON holding (post_id, from_at);
CREATE INDEX holding_account ON holding (account_id, from_at);
-- what holds now or will: the directory in memory
CREATE INDEX holding_to ON holding (to_at);

-- A cover lets somebody stand in for a holder on leave. It ends by itself.
CREATE TABLE cover (
    id         {{id}},
    holding_id BIGINT NOT NULL REFERENCES holding (id),
    account_id BIGINT NOT NULL,
    from_at    BIGINT NOT NULL,
    until_at   BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    CHECK (until_at >= from_at)
);
CREATE INDEX cover_holding ON cover (holding_id, until_at);
CREATE INDEX cover_until ON cover (until_at);

-- The version of all the above, so that a process learns that another has changed it.
CREATE TABLE unit_version (
    one     BIGINT PRIMARY KEY CHECK (one = 1),
    version BIGINT NOT NULL
);
INSERT INTO unit_version (one, version) VALUES (1, 1);
