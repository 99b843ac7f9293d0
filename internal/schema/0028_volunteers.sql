-- +goose Up
-- A volunteer is a resident who wants to be one: of their own will, until they say
-- otherwise. What is private about them stays where residents are kept.
CREATE TABLE volunteer (
    id           {{id}},
    resident_id  BIGINT  NOT NULL REFERENCES resident (id),
    state        TEXT    NOT NULL CHECK (state IN ('active','left')),
    town_id      BIGINT  NOT NULL,       -- where they live, as known when they joined
    village_id   BIGINT  NOT NULL,
    grid_id      BIGINT  NOT NULL,
    courtyard_id BIGINT  NOT NULL,
    reports      BOOLEAN NOT NULL,       -- they want what they report, and was put right, to earn
    shown        BOOLEAN NOT NULL,       -- they want their honours shown, under the mask of their name
    joined_at    BIGINT  NOT NULL,
    joined_by    BIGINT  NOT NULL,       -- the account that did it for them at a desk, 0 if they did
    left_at      BIGINT,
    told         BIGINT  NOT NULL,       -- the last quarter of which they were told that its statement is there
    version      BIGINT  NOT NULL
);
-- one of a resident, who may leave and come back
CREATE UNIQUE INDEX volunteer_resident ON volunteer (resident_id);

-- A volunteer_task is something to help with: what, where, when, how many, who leads.
CREATE TABLE volunteer_task (
    id           {{id}},
    state        TEXT   NOT NULL CHECK (state IN ('drawn_up','open','running','done','called_off')),
    title        TEXT   NOT NULL,
    body         TEXT   NOT NULL,
    act          TEXT   NOT NULL,        -- what of the tariff it is
    town_id      BIGINT NOT NULL,
    village_id   BIGINT NOT NULL,
    grid_id      BIGINT NOT NULL,
    courtyard_id BIGINT NOT NULL,
    place_words  TEXT   NOT NULL,        -- where to meet
    leader_id    BIGINT NOT NULL,        -- the account of who leads
    leader       TEXT   NOT NULL,
    unit_id      BIGINT NOT NULL,        -- whose task it is
    begins_at    BIGINT NOT NULL,
    ends_at      BIGINT NOT NULL CHECK (ends_at > begins_at),
    seats        BIGINT NOT NULL CHECK (seats > 0),
    listed       BIGINT NOT NULL CHECK (listed >= 0), -- how many have a place; raised in the one statement that looks for a free one
    reason       TEXT   NOT NULL,        -- why it was called off
    series_id    BIGINT NOT NULL,        -- the first of those drawn up together; 0: it is held once
    version      BIGINT NOT NULL
);
-- the other times of a task that is repeated
CREATE INDEX volunteer_task_series ON volunteer_task (series_id, begins_at) WHERE series_id <> 0;
-- what is on around somebody, by the day
CREATE INDEX volunteer_task_village ON volunteer_task (village_id, begins_at);
CREATE INDEX volunteer_task_begins ON volunteer_task (begins_at, id);

-- A volunteer_signup is a volunteer's word to come; one for each task.
CREATE TABLE volunteer_signup (
    id           {{id}},
    task_id      BIGINT NOT NULL REFERENCES volunteer_task (id),
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    state        TEXT   NOT NULL CHECK (state IN ('waiting','listed','withdrawn')),
    at           BIGINT NOT NULL,        -- since when they wait: the order of the waiting list
    version      BIGINT NOT NULL
);
CREATE UNIQUE INDEX volunteer_signup_task ON volunteer_signup (task_id, volunteer_id);
CREATE INDEX volunteer_signup_volunteer ON volunteer_signup (volunteer_id, task_id);

-- What a volunteer did at a task, in minutes, as they or the leader say, and what
-- became of it. Honours count what is confirmed; points are in volunteer_entry.
CREATE TABLE volunteer_hours (
    id           {{id}},
    task_id      BIGINT NOT NULL REFERENCES volunteer_task (id),
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    state        TEXT   NOT NULL CHECK (state IN ('said','seen','confirmed','refused','appealed','kept','taken_back')),
    minutes      BIGINT NOT NULL CHECK (minutes > 0),
    said_at      BIGINT NOT NULL,
    reason       TEXT   NOT NULL,        -- why they were refused, kept refused or taken back
    refused_by   BIGINT NOT NULL,        -- the account
    plea         TEXT   NOT NULL,        -- what the volunteer says to it
    confirmed_at BIGINT,
    points       BIGINT NOT NULL CHECK (points >= 0), -- what they earned by the tariff of the day
    limited      BOOLEAN NOT NULL,       -- they earned less, or nothing, since the month had its fill
    version      BIGINT NOT NULL
);
CREATE UNIQUE INDEX volunteer_hours_task ON volunteer_hours (task_id, volunteer_id);
CREATE INDEX volunteer_hours_volunteer ON volunteer_hours (volunteer_id, id);
-- what waits for somebody
CREATE INDEX volunteer_hours_open ON volunteer_hours (state, task_id) WHERE state IN ('said','seen','appealed');

-- Who says that it is so: two people, of whom one leads or is of the committee.
CREATE TABLE volunteer_confirmation (
    hours_id   BIGINT NOT NULL REFERENCES volunteer_hours (id),
    account_id BIGINT NOT NULL,          -- one of the two is 0
    witness_id BIGINT NOT NULL,          -- another volunteer who was there
    kind       TEXT   NOT NULL CHECK (kind IN ('leader','committee','companion')),
    name       TEXT   NOT NULL,          -- of who works for the town; a companion's is masked where it is shown
    at         BIGINT NOT NULL,
    PRIMARY KEY (hours_id, account_id, witness_id)
);

-- What earns what, each edition, from a day on; spec is volunteers.Tariff as JSON.
CREATE TABLE volunteer_tariff (
    id       {{id}},
    from_day BIGINT NOT NULL,
    spec     TEXT   NOT NULL,
    reason   TEXT   NOT NULL,
    account  BIGINT NOT NULL,
    actor    TEXT   NOT NULL,
    at       BIGINT NOT NULL
);
CREATE UNIQUE INDEX volunteer_tariff_from ON volunteer_tariff (from_day);

-- Who has how many points. Only a pot may be below zero: by as much as it has given
-- out. The sum of all balances is zero.
CREATE TABLE volunteer_account (
    id      {{id}},
    kind    TEXT   NOT NULL CHECK (kind IN ('pot','volunteer','member')),
    ref     BIGINT NOT NULL,             -- the town, the volunteer, the unit
    balance BIGINT NOT NULL,
    CHECK (kind = 'pot' OR balance >= 0)
);
CREATE UNIQUE INDEX volunteer_account_ref ON volunteer_account (kind, ref);

-- Points that went from one account to another. A row is both sides of the entry, so
-- that no entry can be one-sided. Rows are added only: what was wrong is put right
-- by another, which names it.
CREATE TABLE volunteer_entry (
    id       {{id}},
    at       BIGINT NOT NULL,
    day      BIGINT NOT NULL,            -- of the town, since 1970
    act      TEXT   NOT NULL CHECK (act IN ('earn','spend','return','settle','give_back','correct')),
    code     TEXT   NOT NULL,            -- of the tariff, for what was earned
    from_id  BIGINT NOT NULL REFERENCES volunteer_account (id),
    to_id    BIGINT NOT NULL REFERENCES volunteer_account (id),
    points   BIGINT NOT NULL CHECK (points > 0),
    record   BIGINT NOT NULL,            -- the hours, the matter, the round, the redemption; 0 if there is none
    reverses BIGINT NOT NULL,            -- the entry that this one puts right, 0 if none
    note     TEXT   NOT NULL,
    account  BIGINT NOT NULL,
    actor    TEXT   NOT NULL,
    CHECK (from_id <> to_id)
);
CREATE INDEX volunteer_entry_from ON volunteer_entry (from_id, id);
CREATE INDEX volunteer_entry_to ON volunteer_entry (to_id, id);
-- what one thing earned: it earns once
CREATE UNIQUE INDEX volunteer_entry_earned ON volunteer_entry (code, record, to_id) WHERE act = 'earn';
-- the pot of a quarter
CREATE INDEX volunteer_entry_day ON volunteer_entry (day, act);

-- A report of a volunteer that was put right, until it is sure that it stays so. It
-- earns at night, apart from the closing, so that nobody learns who reported.
CREATE TABLE volunteer_claim (
    matter_id    BIGINT NOT NULL REFERENCES matter (id),
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    due_at       BIGINT NOT NULL,
    PRIMARY KEY (matter_id)
);
CREATE INDEX volunteer_claim_due ON volunteer_claim (due_at);

-- Thanks by name: for so many confirmed hours, or in the committee's own words.
-- Never spent and never added up.
CREATE TABLE volunteer_honour (
    id           {{id}},
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    hours        BIGINT NOT NULL,        -- 0 for words
    words        TEXT   NOT NULL,
    actor        TEXT   NOT NULL,
    at           BIGINT NOT NULL
);
CREATE UNIQUE INDEX volunteer_honour_hours ON volunteer_honour (volunteer_id, hours) WHERE hours > 0;
CREATE INDEX volunteer_honour_volunteer ON volunteer_honour (volunteer_id, id);

-- Goods and services that members offer for points.
CREATE TABLE volunteer_offer (
    id           {{id}},
    state        TEXT   NOT NULL CHECK (state IN ('proposed','open','paused','declined','ended')),
    unit_id      BIGINT NOT NULL,        -- the member
    town_id      BIGINT NOT NULL,
    village_id   BIGINT NOT NULL,
    grid_id      BIGINT NOT NULL,
    courtyard_id BIGINT NOT NULL,
    title        TEXT   NOT NULL,
    body         TEXT   NOT NULL,
    points       BIGINT NOT NULL CHECK (points > 0),
    stock        BIGINT NOT NULL CHECK (stock > 0),
    taken        BIGINT NOT NULL CHECK (taken >= 0 AND taken <= stock),
    until_at     BIGINT NOT NULL,
    reason       TEXT   NOT NULL,        -- why it was declined
    version      BIGINT NOT NULL
);
CREATE INDEX volunteer_offer_state ON volunteer_offer (state, id);
CREATE INDEX volunteer_offer_unit ON volunteer_offer (unit_id, id);

-- One piece taken of an offer. The code is what the volunteer shows at the shop.
CREATE TABLE volunteer_redemption (
    id           {{id}},
    state        TEXT   NOT NULL CHECK (state IN ('taken','handed_over','cancelled')),
    offer_id     BIGINT NOT NULL REFERENCES volunteer_offer (id),
    unit_id      BIGINT NOT NULL,
    volunteer_id BIGINT NOT NULL REFERENCES volunteer (id),
    points       BIGINT NOT NULL CHECK (points > 0),
    code         BYTEA  NOT NULL,        -- blind index of the code, which is kept nowhere
    taken_at     BIGINT NOT NULL,
    ended_at     BIGINT,
    reason       TEXT   NOT NULL,        -- why it was cancelled
    entry_id     BIGINT NOT NULL,        -- the spending
    version      BIGINT NOT NULL
);
CREATE UNIQUE INDEX volunteer_redemption_code ON volunteer_redemption (code);
CREATE INDEX volunteer_redemption_volunteer ON volunteer_redemption (volunteer_id, id);
CREATE INDEX volunteer_redemption_taken ON volunteer_redemption (taken_at, id) WHERE state = 'taken';
CREATE INDEX volunteer_redemption_unit ON volunteer_redemption (unit_id, state, id);
