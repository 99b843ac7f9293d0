-- +goose Up
-- A hot_issue is what several people wrote about, as the last counting found it
-- or as somebody at the desk put it together. What it is made of is in hot_member.
CREATE TABLE hot_issue (
    id           {{id}},
    town_id      BIGINT NOT NULL,        -- the smallest place that all members lie in
    village_id   BIGINT NOT NULL,
    grid_id      BIGINT NOT NULL,
    courtyard_id BIGINT NOT NULL,
    category     TEXT   NOT NULL,        -- of most members, '' if there is none
    name         TEXT   NOT NULL,        -- made from public members alone; '' if there are none
    heat         DOUBLE PRECISION NOT NULL,
    facts        TEXT   NOT NULL,        -- hotissues.Heat as JSON: what the heat is made of
    open_heat    DOUBLE PRECISION NOT NULL, -- the same of the public members alone; 0 if fewer than two people wrote them
    open_facts   TEXT   NOT NULL,
    from_at      BIGINT NOT NULL,
    to_at        BIGINT NOT NULL,
    counted_at   BIGINT NOT NULL,
    proposed_at  BIGINT,                 -- proposed as a topic, when, by whom and why
    proposed_by  TEXT   NOT NULL,
    proposed     TEXT   NOT NULL,
    version      BIGINT NOT NULL
);
-- the hottest of a place, for those at work and for everybody
CREATE INDEX hot_issue_town ON hot_issue (town_id, heat);
CREATE INDEX hot_issue_heat ON hot_issue (heat, id);
CREATE INDEX hot_issue_open ON hot_issue (open_heat, id) WHERE open_heat > 0;

-- A hot_member is a matter that belongs to an issue: to one at the most.
CREATE TABLE hot_member (
    matter_id BIGINT PRIMARY KEY,
    issue_id  BIGINT NOT NULL REFERENCES hot_issue (id),
    score     DOUBLE PRECISION NOT NULL, -- how alike it is to the others
    by_hand   BOOLEAN NOT NULL           -- somebody put it here: no counting moves it
);
CREATE INDEX hot_member_issue ON hot_member (issue_id);
