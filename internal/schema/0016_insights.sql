-- +goose Up
-- An insight_count is what happened on one day or in one month, of one face of the
-- town: the whole, a place, a unit, a category. It follows the trail, and is equal
-- to a recount of the matters themselves at any time. It counts what was done, never
-- who asked for it.
CREATE TABLE insight_count (
    span TEXT   NOT NULL CHECK (span IN ('day', 'month')),
    face TEXT   NOT NULL CHECK (face IN ('all', 'place', 'unit', 'category')),
    bin  BIGINT NOT NULL,                -- the day since 1970, or twelve times the year and the month
    key  TEXT   NOT NULL,                -- which place, unit or category; '' for all
    raised BIGINT NOT NULL DEFAULT 0,
    accepted BIGINT NOT NULL DEFAULT 0, accepted_late BIGINT NOT NULL DEFAULT 0,
    declined BIGINT NOT NULL DEFAULT 0,
    grid_accepted BIGINT NOT NULL DEFAULT 0, grid_declined BIGINT NOT NULL DEFAULT 0,
    filed BIGINT NOT NULL DEFAULT 0, filed_late BIGINT NOT NULL DEFAULT 0,
    filed_back BIGINT NOT NULL DEFAULT 0,
    dispatched BIGINT NOT NULL DEFAULT 0, dispatched_late BIGINT NOT NULL DEFAULT 0,
    returned BIGINT NOT NULL DEFAULT 0,
    taken BIGINT NOT NULL DEFAULT 0, taken_late BIGINT NOT NULL DEFAULT 0,
    handled BIGINT NOT NULL DEFAULT 0, handled_late BIGINT NOT NULL DEFAULT 0,
    excused BIGINT NOT NULL DEFAULT 0,   -- of those handled late: on the day of the end, as soon as an appeal was granted
    verified BIGINT NOT NULL DEFAULT 0, verified_late BIGINT NOT NULL DEFAULT 0,
    rework BIGINT NOT NULL DEFAULT 0,
    closed BIGINT NOT NULL DEFAULT 0, closed_late BIGINT NOT NULL DEFAULT 0,
    elsewhere BIGINT NOT NULL DEFAULT 0,
    reopened BIGINT NOT NULL DEFAULT 0,
    withdrawn BIGINT NOT NULL DEFAULT 0,
    solved BIGINT NOT NULL DEFAULT 0, partly BIGINT NOT NULL DEFAULT 0, unsolved BIGINT NOT NULL DEFAULT 0,
    satisfied BIGINT NOT NULL DEFAULT 0, dissatisfied BIGINT NOT NULL DEFAULT 0,
    open_in BIGINT NOT NULL DEFAULT 0, open_out BIGINT NOT NULL DEFAULT 0,
    late_in BIGINT NOT NULL DEFAULT 0, late_out BIGINT NOT NULL DEFAULT 0,
    wait_in BIGINT NOT NULL DEFAULT 0, wait_out BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (span, face, bin, key)
);

-- An insight_event is one thing that was counted, so that every number can be opened
-- to the very matters behind it.
CREATE TABLE insight_event (
    measure    TEXT    NOT NULL,
    at         BIGINT  NOT NULL,
    told_at    BIGINT  NOT NULL,         -- when it became known: after at where an appeal was granted
    seq        BIGINT  NOT NULL,         -- of the row of the trail
    matter_id  BIGINT  NOT NULL,
    late       BOOLEAN NOT NULL,
    town_id    BIGINT  NOT NULL,
    village_id BIGINT  NOT NULL,
    unit_id    BIGINT  NOT NULL,
    category   TEXT    NOT NULL,
    PRIMARY KEY (measure, at, seq)
);

-- An insight_spell is a time in which a matter was open beyond what its reporter was
-- promised: late, or waiting for what is not in the town's hands.
CREATE TABLE insight_spell (
    kind       TEXT   NOT NULL CHECK (kind IN ('late', 'wait')),
    from_at    BIGINT NOT NULL,
    until_at   BIGINT NOT NULL,
    seq        BIGINT NOT NULL,          -- of the row that ended it
    matter_id  BIGINT NOT NULL,
    town_id    BIGINT NOT NULL,
    village_id BIGINT NOT NULL,
    unit_id    BIGINT NOT NULL,
    category   TEXT   NOT NULL,
    PRIMARY KEY (kind, until_at, seq)
);

-- An insight_open is a matter under way: few among many that are closed. It goes
-- when the matter ends.
CREATE TABLE insight_open (
    matter_id    BIGINT PRIMARY KEY,
    state        TEXT    NOT NULL,
    town_id      BIGINT  NOT NULL,
    village_id   BIGINT  NOT NULL,
    grid_id      BIGINT  NOT NULL,
    courtyard_id BIGINT  NOT NULL,
    category     TEXT    NOT NULL,
    urgent       BOOLEAN NOT NULL,
    unit_id      BIGINT  NOT NULL,       -- whose it is: the lead, else whose turn it is
    turn_unit    BIGINT  NOT NULL,
    soon_at      BIGINT,                 -- its turn's light is yellow from here
    due_at       BIGINT,                 -- and red after this
    kind         TEXT    NOT NULL,       -- the spell it is in, or will be
    beyond_at    BIGINT,                 -- from here
    everybody    BOOLEAN NOT NULL,       -- may read it
    lat          DOUBLE PRECISION,
    lon          DOUBLE PRECISION,
    moved_at     BIGINT  NOT NULL        -- when its turn began
);
CREATE INDEX insight_open_town ON insight_open (town_id, state);
CREATE INDEX insight_open_state ON insight_open (state);

-- An insight_formula is a version of the formulas, in force from a day on. None is
-- ever changed: an earlier day is computed with what was in force then.
CREATE TABLE insight_formula (
    id         {{id}},
    valid_from BIGINT NOT NULL,          -- the day since 1970
    spec       TEXT   NOT NULL,          -- insights.Formulas as JSON
    reason     TEXT   NOT NULL,
    actor      TEXT   NOT NULL,
    at         BIGINT NOT NULL
);
