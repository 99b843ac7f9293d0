-- +goose Up
-- A search_doc is what the search knows of a record: its words in folded form,
-- from which a find is verified and ranked, and the terms by which it is found,
-- which the program makes. sum tells a record put again from one that has changed.
CREATE TABLE search_doc (
    id    BIGINT PRIMARY KEY,
    noun  TEXT NOT NULL,
    title TEXT NOT NULL,
    body  TEXT NOT NULL,
    exact TEXT NOT NULL,
    at    BIGINT NOT NULL,
    sum   BIGINT NOT NULL,
    terms TSVECTOR NOT NULL
);
-- finds by terms; what is not yet sorted in is kept short, since every find reads it
CREATE INDEX search_doc_terms ON search_doc USING gin (terms) WITH (gin_pending_list_limit = 512);
