-- +goose Up
-- A place is a node of the tree: city, town, village, grid, courtyard. Places are
-- never removed: one that has been merged, split or closed has a day in to_day.
-- Days are texts, 2026-03-05; '' is open: as far as the books go.
CREATE TABLE place (
    id          {{id}},
    kind        TEXT NOT NULL CHECK (kind IN ('city','town','village','grid','courtyard')),
    scheme      TEXT NOT NULL CHECK (scheme IN ('','statistics-12','grid-15','local')),
    code        TEXT NOT NULL,
    name_zh     TEXT NOT NULL,
    name_en     TEXT NOT NULL,
    community   TEXT NOT NULL CHECK (community IN ('','urban','rural','industrial')),
    parent_id   BIGINT NOT NULL,          -- 0 for the city
    from_day    TEXT NOT NULL,            -- the place's first day
    to_day      TEXT NOT NULL,            -- the first day without it
    since_day   TEXT NOT NULL,            -- the day from which it is as this row says
    lon         DOUBLE PRECISION NOT NULL,
    lat         DOUBLE PRECISION NOT NULL,
    accuracy    TEXT NOT NULL CHECK (accuracy IN ('','approximate','exact')),
    version     BIGINT NOT NULL,
    CHECK (to_day = '' OR to_day >= from_day)
);
-- one open place per code, and one city
CREATE UNIQUE INDEX place_code ON place (scheme, code) WHERE to_day = '' AND code <> '';
CREATE UNIQUE INDEX place_root ON place (kind) WHERE to_day = '' AND kind = 'city';
CREATE INDEX place_parent ON place (parent_id);

-- What a place was before: a row per earlier version, with the days it held.
CREATE TABLE place_history (
    place_id  BIGINT NOT NULL REFERENCES place (id),
    version   BIGINT NOT NULL,
    from_day  TEXT NOT NULL,
    to_day    TEXT NOT NULL,
    act       TEXT NOT NULL,              -- the act that ended it
    scheme    TEXT NOT NULL,
    code      TEXT NOT NULL,
    name_zh   TEXT NOT NULL,
    name_en   TEXT NOT NULL,
    community TEXT NOT NULL,
    parent_id BIGINT NOT NULL,
    PRIMARY KEY (place_id, version)
);

-- Who has the ground of a place that was merged or split.
CREATE TABLE place_successor (
    place_id     BIGINT NOT NULL REFERENCES place (id),
    successor_id BIGINT NOT NULL REFERENCES place (id),
    since_day    TEXT NOT NULL,
    PRIMARY KEY (place_id, successor_id)
);

-- The outline of a place in WGS-84, as a GeoJSON geometry. Earlier ones stay.
CREATE TABLE place_shape (
    place_id BIGINT NOT NULL REFERENCES place (id),
    version  BIGINT NOT NULL,             -- of the place, when it was set
    from_day TEXT NOT NULL,
    to_day   TEXT NOT NULL,
    area     DOUBLE PRECISION NOT NULL,   -- square metres
    geometry TEXT NOT NULL,
    PRIMARY KEY (place_id, version)
);
-- the outline that holds now: one per place
CREATE UNIQUE INDEX place_shape_now ON place_shape (place_id) WHERE to_day = '';

-- The version of all the above, so that a process learns that another has changed it.
CREATE TABLE place_version (
    one     BIGINT PRIMARY KEY CHECK (one = 1),
    version BIGINT NOT NULL
);
INSERT INTO place_version (one, version) VALUES (1, 1);
