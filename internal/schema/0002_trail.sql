-- +goose Up
-- A row of the trail says who did what to which record, when, from which state
-- to which. Rows are only ever added.
CREATE TABLE trail (
    seq        {{serial}},
    at         BIGINT NOT NULL,
    account    BIGINT NOT NULL,
    actor      TEXT   NOT NULL,
    kind       TEXT   NOT NULL,
    noun       TEXT   NOT NULL,
    record     BIGINT NOT NULL,
    act        TEXT   NOT NULL,
    from_state TEXT   NOT NULL,
    to_state   TEXT   NOT NULL,
    behalf     TEXT   NOT NULL,
    note       TEXT   NOT NULL,
    digest     BYTEA  NOT NULL
);

CREATE INDEX trail_record ON trail (noun, record, seq);

-- A mark is how far a follower of the trail has come: the search index, a feed.
CREATE TABLE trail_mark (
    name  TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);

-- A tile holds up to 256 hashes of the Merkle tree over the sealed rows, 32
-- bytes each; at level 0 also the seq of each of its rows, 8 bytes each.
CREATE TABLE trail_tile (
    level  BIGINT NOT NULL,
    n      BIGINT NOT NULL,
    width  BIGINT NOT NULL CHECK (width BETWEEN 1 AND 256),
    hashes BYTEA  NOT NULL,
    seqs   BYTEA  NOT NULL,
    PRIMARY KEY (level, n)
);

-- A checkpoint is a signed note of how many rows were sealed, and their root.
CREATE TABLE trail_checkpoint (
    size BIGINT PRIMARY KEY,
    at   BIGINT NOT NULL,
    seq  BIGINT NOT NULL,
    note TEXT   NOT NULL
);
