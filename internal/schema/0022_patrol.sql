-- +goose Up
-- A duty is what a department wants grid workers to do. Only what the city has
-- admitted can be given to anybody. spec is patrol.Spec as JSON: the kinds of points,
-- the fields with the fact each asks for, the facts of a home that may be read.
CREATE TABLE duty (
    id           {{id}},
    state        TEXT   NOT NULL CHECK (state IN ('proposed', 'admitted', 'limited', 'refused', 'withdrawn', 'ended')),
    unit_id      BIGINT NOT NULL,        -- the department that proposed it
    name_zh      TEXT   NOT NULL,
    name_en      TEXT   NOT NULL,
    what         TEXT   NOT NULL,        -- what is to be done, in the department's words
    kind         TEXT   NOT NULL CHECK (kind IN ('point', 'home')),
    often        TEXT   NOT NULL CHECK (often IN ('round', 'day', 'week', 'month', 'quarter')),
    minutes      BIGINT NOT NULL CHECK (minutes > 0),
    basis        TEXT   NOT NULL,        -- the law or decision that asks for it
    spec         TEXT   NOT NULL,
    proposed_at  BIGINT NOT NULL,
    proposed_by  TEXT   NOT NULL,
    decided_at   BIGINT,                 -- when the city admitted or refused it
    decided_by   TEXT   NOT NULL,
    reason       TEXT   NOT NULL,        -- of the last decision
    until_day    BIGINT NOT NULL,        -- of a limited one: the first day without it; else 0
    ended_at     BIGINT,
    version      BIGINT NOT NULL
);
-- the duty list, by state and department
CREATE INDEX duty_state ON duty (state, id);
CREATE INDEX duty_unit ON duty (unit_id, id);

-- A duty_giving gives a duty to every grid of a place, from a moment on.
CREATE TABLE duty_giving (
    id           {{id}},
    duty_id      BIGINT NOT NULL REFERENCES duty (id),
    town_id      BIGINT NOT NULL,        -- the place: its last name that is not 0; all 0: the city
    village_id   BIGINT NOT NULL,
    grid_id      BIGINT NOT NULL,
    courtyard_id BIGINT NOT NULL,
    given_at     BIGINT NOT NULL,
    given_by     TEXT   NOT NULL,
    ended_at     BIGINT,
    ended_by     TEXT   NOT NULL
);
-- what is given now, and to whom a duty is given
CREATE INDEX duty_giving_duty ON duty_giving (duty_id, id);

-- A patrol_point is a spot of a grid that rounds come to. done is when each duty was
-- last done there, by slot: drawn from the entries, so that a round is made in one read.
CREATE TABLE patrol_point (
    id           {{id}},
    town_id      BIGINT NOT NULL,
    village_id   BIGINT NOT NULL,
    grid_id      BIGINT NOT NULL,
    courtyard_id BIGINT NOT NULL,
    kind         TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    lat          DOUBLE PRECISION NOT NULL, -- where the point is, in WGS-84
    lon          DOUBLE PRECISION NOT NULL,
    code         TEXT   NOT NULL,        -- printed at the point
    since        BIGINT NOT NULL,        -- the first slot in which it is due
    ended_at     BIGINT,
    done         TEXT   NOT NULL,
    version      BIGINT NOT NULL,
    origin       TEXT   NOT NULL         -- what the file knows it by from which it came; else empty
);
-- the points of a grid, of a village, of a street
CREATE INDEX patrol_point_grid ON patrol_point (grid_id, id);
CREATE INDEX patrol_point_village ON patrol_point (village_id, id);
-- who reads the code at a point finds it
CREATE UNIQUE INDEX patrol_point_code ON patrol_point (code);
-- what is imported is taken in once
CREATE UNIQUE INDEX patrol_point_origin ON patrol_point (origin) WHERE origin <> '';

-- A patrol_visit is an agreement to look in on somebody: they asked, or an agreed rule
-- says that they need it and they consent. Which rule is private, and sealed.
CREATE TABLE patrol_visit (
    id           {{id}},
    number       TEXT   NOT NULL,
    resident_id  BIGINT NOT NULL,
    town_id      BIGINT NOT NULL,
    village_id   BIGINT NOT NULL,
    grid_id      BIGINT NOT NULL,
    courtyard_id BIGINT NOT NULL,
    duty_id      BIGINT NOT NULL REFERENCES duty (id),
    every_days   BIGINT NOT NULL CHECK (every_days > 0),
    need_sealed  BYTEA,
    consent      TEXT   NOT NULL,        -- how they consented: signed, said, by family
    agreed_at    BIGINT NOT NULL,
    agreed_by    TEXT   NOT NULL,        -- who wrote the consent down
    since        BIGINT NOT NULL,        -- the first slot in which it is due
    ended_at     BIGINT,
    ended_by     TEXT   NOT NULL,
    ended_why    TEXT   NOT NULL,
    done         TEXT   NOT NULL,
    version      BIGINT NOT NULL
);
-- the visits of a grid, of a resident
CREATE INDEX patrol_visit_grid ON patrol_visit (grid_id, id);
CREATE INDEX patrol_visit_resident ON patrol_visit (resident_id, id);
CREATE INDEX patrol_visit_open ON patrol_visit (grid_id, id) WHERE ended_at IS NULL;
CREATE INDEX patrol_visit_duty ON patrol_visit (duty_id, every_days) WHERE ended_at IS NULL;
CREATE INDEX patrol_visit_ended ON patrol_visit (ended_at, id) WHERE resident_id <> 0;

-- A patrol_round is what was due in a grid in one of the two windows of a day, as it
-- was drawn up when the window came. due is []patrol.Stop as JSON.
CREATE TABLE patrol_round (
    id           {{id}},
    slot         BIGINT NOT NULL,        -- two to a day, see patrol.Slot
    town_id      BIGINT NOT NULL,
    village_id   BIGINT NOT NULL,
    grid_id      BIGINT NOT NULL,
    courtyard_id BIGINT NOT NULL,
    due          TEXT   NOT NULL
);
-- there is one round of a grid in a window
CREATE UNIQUE INDEX patrol_round_grid ON patrol_round (grid_id, slot);
-- the rounds of a village and a street in a week
CREATE INDEX patrol_round_village ON patrol_round (village_id, slot);
CREATE INDEX patrol_round_town ON patrol_round (town_id, slot);
CREATE INDEX patrol_round_slot ON patrol_round (slot);

-- A patrol_entry is what was done at a point or a home. It says how it was shown that
-- somebody was there, and nothing of where they were before or after: the place of the
-- phone is looked at when the entry is received, and not kept.
CREATE TABLE patrol_entry (
    id           {{id}},
    content      TEXT   NOT NULL,        -- the name that the phone gave it: received once
    digest       BYTEA  NOT NULL,        -- of what was sent under that name
    slot         BIGINT NOT NULL,
    town_id      BIGINT NOT NULL,
    village_id   BIGINT NOT NULL,
    grid_id      BIGINT NOT NULL,
    courtyard_id BIGINT NOT NULL,
    point_id     BIGINT NOT NULL,        -- one of the two is 0
    visit_id     BIGINT NOT NULL,
    worker_id    BIGINT NOT NULL,        -- the account
    at           BIGINT NOT NULL,        -- when it was done, as far as known
    made_at      BIGINT NOT NULL,        -- by the phone's clock
    received_at  BIGINT NOT NULL,
    proof        TEXT   NOT NULL CHECK (proof IN ('code', 'near', 'photo', 'word')),
    result       TEXT   NOT NULL CHECK (result IN ('nothing', 'finding', 'settled', 'absent', 'need')),
    duties       TEXT   NOT NULL,        -- what was done, as JSON: the duties with their answers
    words        TEXT   NOT NULL,
    files        TEXT   NOT NULL,
    matter_id    BIGINT NOT NULL         -- what was raised; 0 if nothing
);
-- an entry is accepted once
CREATE UNIQUE INDEX patrol_entry_content ON patrol_entry (content);
-- the entries of a grid, a village, a street in a week
CREATE INDEX patrol_entry_grid ON patrol_entry (grid_id, slot);
CREATE INDEX patrol_entry_village ON patrol_entry (village_id, slot);
CREATE INDEX patrol_entry_town ON patrol_entry (town_id, slot);
-- those of the whole city in a week
CREATE INDEX patrol_entry_slot ON patrol_entry (slot);
-- what was done at a point, and in a home
CREATE INDEX patrol_entry_point ON patrol_entry (point_id, slot) WHERE point_id <> 0;
CREATE INDEX patrol_entry_visit ON patrol_entry (visit_id, slot) WHERE visit_id <> 0;
-- from which round a matter came
CREATE INDEX patrol_entry_matter ON patrol_entry (matter_id) WHERE matter_id <> 0;

-- Which entries have a file: who may see one of them may see it.
CREATE TABLE patrol_file (
    hash     TEXT   NOT NULL,
    entry_id BIGINT NOT NULL REFERENCES patrol_entry (id),
    PRIMARY KEY (hash, entry_id)
);

-- A patrol_assignment says who walks a grid, where several of a village could: from
-- whom they took it over, and what was said at the handover.
CREATE TABLE patrol_assignment (
    id           {{id}},
    town_id      BIGINT NOT NULL,
    village_id   BIGINT NOT NULL,
    grid_id      BIGINT NOT NULL,
    courtyard_id BIGINT NOT NULL,
    account      BIGINT NOT NULL,
    from_account BIGINT NOT NULL,        -- who walked it before; 0: nobody
    words        TEXT   NOT NULL,        -- what is handed over
    begun_at     BIGINT NOT NULL,
    begun_by     TEXT   NOT NULL,
    taken_at     BIGINT,                 -- when the new one said that they have it
    ended_at     BIGINT
);
-- who walks a grid, and which grids somebody walks
CREATE INDEX patrol_assignment_grid ON patrol_assignment (grid_id, id);
CREATE INDEX patrol_assignment_account ON patrol_assignment (account) WHERE ended_at IS NULL;

-- A patrol_appeal says why a stop that was missed, or a report that no round saw, should
-- not count. A second person decides.
CREATE TABLE patrol_appeal (
    id           {{id}},
    state        TEXT   NOT NULL CHECK (state IN ('lodged', 'granted', 'dismissed')),
    town_id      BIGINT NOT NULL,
    village_id   BIGINT NOT NULL,
    grid_id      BIGINT NOT NULL,
    courtyard_id BIGINT NOT NULL,
    slot         BIGINT NOT NULL,        -- of a stop, else 0
    point_id     BIGINT NOT NULL,
    visit_id     BIGINT NOT NULL,
    matter_id    BIGINT NOT NULL,        -- of a report, else 0
    account      BIGINT NOT NULL,
    actor        TEXT   NOT NULL,
    words        TEXT   NOT NULL,
    lodged_at    BIGINT NOT NULL,
    decided_by   TEXT   NOT NULL,
    decided_at   BIGINT,
    reason       TEXT   NOT NULL
);
-- there is one appeal against a thing; those of a grid
CREATE UNIQUE INDEX patrol_appeal_of ON patrol_appeal (grid_id, slot, point_id, visit_id, matter_id);
-- those of a village and of a street
CREATE INDEX patrol_appeal_village ON patrol_appeal (village_id, id);
CREATE INDEX patrol_appeal_town ON patrol_appeal (town_id, id);

-- A patrol_formula is a version of how grids are appraised. spec is patrol.Formula as JSON.
CREATE TABLE patrol_formula (
    id       {{id}},
    from_day BIGINT NOT NULL,
    spec     TEXT   NOT NULL,
    reason   TEXT   NOT NULL,
    actor    TEXT   NOT NULL,
    at       BIGINT NOT NULL
);
