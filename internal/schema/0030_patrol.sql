-- +goose Up
-- A duty_merge says that two fields of two duties ask for the same fact: keep_field is
-- asked, and its answer is that of field too.
CREATE TABLE duty_merge (
    id           {{id}},
    keep_duty_id BIGINT NOT NULL REFERENCES duty (id),
    keep_field   TEXT   NOT NULL,
    duty_id      BIGINT NOT NULL REFERENCES duty (id),
    field        TEXT   NOT NULL,
    minutes      BIGINT NOT NULL CHECK (minutes > 0), -- that are saved each time
    words        TEXT   NOT NULL,        -- why
    merged_at    BIGINT NOT NULL,
    merged_by    TEXT   NOT NULL,
    ended_at     BIGINT,                 -- when it was undone
    ended_by     TEXT   NOT NULL,
    ended_why    TEXT   NOT NULL
);
-- a field is merged into one other at a time
CREATE UNIQUE INDEX duty_merge_field ON duty_merge (duty_id, field) WHERE ended_at IS NULL;

-- A patrol_hours is a version of the two windows of a day, in minutes since midnight; an
-- earlier day keeps the windows that it had. Noon (13:00) lies between the two, always.
CREATE TABLE patrol_hours (
    id         {{id}},
    from_day   BIGINT NOT NULL,
    am_from    BIGINT NOT NULL,
    am_to      BIGINT NOT NULL,
    pm_from    BIGINT NOT NULL,
    pm_to      BIGINT NOT NULL,
    reason     TEXT   NOT NULL,
    actor      TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    CHECK (am_from < am_to AND am_to <= 780 AND pm_from >= 780 AND pm_from < pm_to)
);
-- of a day there is one version
CREATE UNIQUE INDEX patrol_hours_day ON patrol_hours (from_day);
