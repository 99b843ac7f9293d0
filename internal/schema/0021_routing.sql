-- +goose Up
-- What an administrator allows the program to sort without a person, each version;
-- spec is routing.Allowances as JSON. Nothing is allowed until somebody has allowed it.
CREATE TABLE routing_allowance (
    version BIGINT PRIMARY KEY,
    spec    TEXT   NOT NULL,
    note    TEXT   NOT NULL,             -- why; '' where the program took back what it did not keep to
    account BIGINT NOT NULL,
    actor   TEXT   NOT NULL,
    at      BIGINT NOT NULL
);

-- A sorting is what the program settled about a matter by itself, or, of a sample, what
-- it would have settled: then a person did, and it is measured by that. One of a matter.
CREATE TABLE routing_sorting (
    id           {{id}},
    matter_id    BIGINT  NOT NULL REFERENCES matter (id),
    at           BIGINT  NOT NULL,
    version      BIGINT  NOT NULL,       -- of routing_allowance
    sample       BOOLEAN NOT NULL,
    town_id      BIGINT  NOT NULL,       -- where the matter is, so that lists keep to what somebody may see
    village_id   BIGINT  NOT NULL,
    grid_id      BIGINT  NOT NULL,
    courtyard_id BIGINT  NOT NULL,
    category     TEXT    NOT NULL,
    trial_id     BIGINT  NOT NULL,       -- the model that said so
    confidence   BIGINT  NOT NULL,       -- in ten thousandths
    words        TEXT    NOT NULL,       -- a JSON list: of the matter's own, that spoke for it
    unit_id      BIGINT  NOT NULL,       -- 0: a person is to dispatch it
    unit_trial   BIGINT  NOT NULL,       -- 0: the unit that usually leads, as the catalogue says
    unit_sure    BIGINT  NOT NULL,       -- in ten thousandths; 0 of the catalogue
    verdict      TEXT    NOT NULL CHECK (verdict IN ('', 'right', 'wrong', 'kept')),      -- of the category, by a person; kept: ended so, and nobody had changed it
    unit_verdict TEXT    NOT NULL CHECK (unit_verdict IN ('', 'right', 'wrong', 'kept')), -- of the unit
    judged_at    BIGINT,
    in_category  TEXT    NOT NULL,       -- where a person put it
    in_unit      BIGINT  NOT NULL
);
-- the sorting of a matter, of which there is one
CREATE UNIQUE INDEX routing_sorting_matter ON routing_sorting (matter_id);
-- how well a category is sorted lately
CREATE INDEX routing_sorting_category ON routing_sorting (category, id);
