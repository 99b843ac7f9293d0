-- +goose Up
-- A search_doc is what the search knows of a record: its words in folded form,
-- from which a find is verified and ranked. sum tells a record put again from
-- one that has changed.
CREATE TABLE search_doc (
    id    INTEGER PRIMARY KEY,
    noun  TEXT NOT NULL,
    title TEXT NOT NULL,
    body  TEXT NOT NULL,
    exact TEXT NOT NULL,
    at    BIGINT NOT NULL,
    sum   BIGINT NOT NULL
);
-- search_term holds the terms by which search_doc is found, under the same
-- number. The program makes the terms; the engine only takes them apart at the
-- spaces. It keeps neither the text nor the places of terms within it.
CREATE VIRTUAL TABLE search_term USING fts5(
    terms, content='', contentless_delete=1, detail=none, tokenize="ascii tokenchars '_'"
);
-- Terms are gathered in memory up to eight megabytes, and sixteen parts of the
-- index of one size are merged at a time, a little with each writing: a matter
-- costs about a fifth less than with the engine's own four. A merging of everything
-- at once, which would keep writers waiting, begins only far beyond that.
INSERT INTO search_term (search_term, rank) VALUES ('hashsize', 8388608);
INSERT INTO search_term (search_term, rank) VALUES ('automerge', 16);
INSERT INTO search_term (search_term, rank) VALUES ('crisismerge', 64);

-- How far the index has come in the trail, as in the table of this name beside
-- which it lies.
CREATE TABLE trail_mark (
    name  TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
