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
