-- +goose Up
-- A desk_item is something that can be had at a counter of the town: from whom, for whom,
-- with which papers, how soon. Everything of it is public.
CREATE TABLE desk_item (
    id           {{id}},
    code         TEXT   NOT NULL,
    origin       TEXT   NOT NULL,   -- "system:code" of what was imported; '' of the town's own
    unit_id      BIGINT NOT NULL,   -- the unit that offers it; 0: one that is none of the town's, named in spec
    town_id      BIGINT NOT NULL,   -- what the unit serves
    village_id   BIGINT NOT NULL,
    grid_id      BIGINT NOT NULL,
    courtyard_id BIGINT NOT NULL,
    spec         TEXT   NOT NULL,   -- desk.Spec as JSON
    active       BOOLEAN NOT NULL,
    changed_at   BIGINT NOT NULL,
    version      BIGINT NOT NULL
);
-- an address names one item
CREATE UNIQUE INDEX desk_item_code ON desk_item (code);
-- a file imported twice changes nothing
CREATE UNIQUE INDEX desk_item_origin ON desk_item (origin) WHERE origin <> '';

-- A desk_edition is an item as it was from a moment on: its history.
CREATE TABLE desk_edition (
    id         {{id}},
    item_id    BIGINT NOT NULL REFERENCES desk_item (id),
    at         BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    actor      TEXT   NOT NULL,
    note       TEXT   NOT NULL,     -- why it was changed
    spec       TEXT   NOT NULL,
    active     BOOLEAN NOT NULL
);
-- the history of an item, the newest first
CREATE INDEX desk_edition_item ON desk_edition (item_id, id);

-- A desk_counter is a window, or an officer, at which people are served by appointment.
CREATE TABLE desk_counter (
    id           {{id}},
    unit_id      BIGINT NOT NULL,
    town_id      BIGINT NOT NULL,   -- where it stands
    village_id   BIGINT NOT NULL,
    grid_id      BIGINT NOT NULL,
    courtyard_id BIGINT NOT NULL,
    plan         TEXT   NOT NULL,   -- desk.Plan as JSON: name, room, items, officer, hours, length, seats
    active       BOOLEAN NOT NULL,
    version      BIGINT NOT NULL
);
-- the counters of a unit
CREATE INDEX desk_counter_unit ON desk_counter (unit_id);

-- A desk_closing is a day on which a counter is closed though its unit works.
CREATE TABLE desk_closing (
    counter_id BIGINT NOT NULL REFERENCES desk_counter (id),
    day        TEXT   NOT NULL,     -- 2026-03-05, in the town's time
    why        TEXT   NOT NULL,
    actor      TEXT   NOT NULL,
    PRIMARY KEY (counter_id, day)
);

-- A booking is one person's time at a counter, or their place in the list of those who wait
-- for one.
CREATE TABLE booking (
    id           {{id}},
    number       TEXT   NOT NULL,
    code_index   BYTEA  NOT NULL,   -- keyed hash of the slip's code; empty when it was forgotten
    counter_id   BIGINT NOT NULL,
    item_id      BIGINT NOT NULL,
    town_id      BIGINT NOT NULL,   -- of the counter
    village_id   BIGINT NOT NULL,
    grid_id      BIGINT NOT NULL,
    courtyard_id BIGINT NOT NULL,
    state        TEXT   NOT NULL CHECK (state IN ('waiting', 'offered', 'booked', 'cancelled', 'lapsed', 'called_off', 'arrived', 'missed', 'served')),
    slot_at      BIGINT NOT NULL,   -- when it begins; of one that waits, the day from which on it would do
    ends_at      BIGINT NOT NULL,   -- when it ends; of one that waits, the end of the last day that would do
    seat         BIGINT NOT NULL,   -- which of the counter's seats, from 1; 0 while it has none
    resident_id  BIGINT NOT NULL,   -- whom it is for; 0 if the town does not know them
    contact_id   BIGINT NOT NULL,   -- how to reach who has no account; 0 if none was left
    made_by      BIGINT NOT NULL,   -- the account of the clerk who wrote it down; 0: they did themselves
    channel      TEXT   NOT NULL,
    for_words    TEXT   NOT NULL,   -- how the writer stands to whom it is for; '' for oneself
    made_at      BIGINT NOT NULL,
    queued_at    BIGINT NOT NULL,   -- the order of the waiting list
    until_at     BIGINT,            -- of what is offered: when the offer ends
    reminded_at  BIGINT,
    forgotten_at BIGINT,            -- its personal facts are gone since
    version      BIGINT NOT NULL
);
-- an address names one booking
CREATE UNIQUE INDEX booking_number ON booking (number);
-- never two in one seat, whatever the program believes
CREATE UNIQUE INDEX booking_seat ON booking (counter_id, slot_at, seat) WHERE seat > 0;
-- the day list of a counter
CREATE INDEX booking_day ON booking (counter_id, slot_at);
-- somebody's own
CREATE INDEX booking_resident ON booking (resident_id, slot_at) WHERE resident_id > 0;
-- who waits, the first first
CREATE INDEX booking_waiting ON booking (counter_id, queued_at) WHERE state = 'waiting';
-- what ends by itself: offers, waiting, and those who did not come
CREATE INDEX booking_ends ON booking (state, ends_at);
-- the counters' lists of a place by day
CREATE INDEX booking_town ON booking (town_id, slot_at);
-- what has been kept long enough
CREATE INDEX booking_kept ON booking (ends_at) WHERE forgotten_at IS NULL;

-- A home_visit is a service that somebody gets at home, who cannot come for it. What is said
-- about them is sealed.
CREATE TABLE home_visit (
    id             {{id}},
    number         TEXT   NOT NULL,
    origin         TEXT   NOT NULL,   -- "noun:id" of what it came from, such as an entry of a round; '' if somebody told it
    code_index     BYTEA  NOT NULL,   -- keyed hash of the slip's code; empty when it was forgotten
    item_id        BIGINT NOT NULL,   -- what they need; 0 if it is not in the catalogue
    town_id        BIGINT NOT NULL,   -- where they live
    village_id     BIGINT NOT NULL,
    grid_id        BIGINT NOT NULL,
    courtyard_id   BIGINT NOT NULL,
    state          TEXT   NOT NULL CHECK (state IN ('found', 'agreed', 'declined', 'arranged', 'done', 'followed', 'closed', 'withdrawn')),
    resident_id    BIGINT NOT NULL,   -- whom it is for; 0 if the town does not know them
    contact_id     BIGINT NOT NULL,   -- how to reach the family; 0 if none was left
    found_by       BIGINT NOT NULL,   -- the account of who found the need; 0: a resident
    finder         TEXT   NOT NULL,   -- resident, neighbour, grid worker, clerk
    need_sealed    BYTEA,             -- what they need and why they cannot come; NULL when it was forgotten
    desk_unit      BIGINT NOT NULL,   -- the street's desk
    serve_unit     BIGINT NOT NULL,   -- the unit that serves
    officer_id     BIGINT NOT NULL,   -- the account of who goes there; 0 before it is arranged
    worker_id      BIGINT NOT NULL,   -- the account of the grid worker who goes along
    visit_at       BIGINT,            -- the time that was arranged
    visit_ends     BIGINT,
    papers_sealed  BYTEA,             -- what is to lie ready; NULL: nothing
    consent_at     BIGINT,            -- when they said yes
    consent_sealed BYTEA,             -- who said so and to what; NULL before they did
    result_sealed  BYTEA,             -- what was done; NULL before it is done
    receipt        TEXT   NOT NULL,   -- hash of the picture of the signed receipt; '' before it is done
    receipt_type   TEXT   NOT NULL,
    signer         TEXT   NOT NULL,   -- drawn, or a photo of the paper
    found_at       BIGINT NOT NULL,
    moved_at       BIGINT NOT NULL,   -- since when it is whose turn it is
    due_at         BIGINT,            -- when that is to be done
    forgotten_at   BIGINT,
    version        BIGINT NOT NULL
);
-- an address names one visit
CREATE UNIQUE INDEX home_visit_number ON home_visit (number);
-- what was found on a round becomes one visit, however often it arrives
CREATE UNIQUE INDEX home_visit_origin ON home_visit (origin) WHERE origin <> '';
-- the lists of a place, of what is open and of all
CREATE INDEX home_visit_town ON home_visit (town_id, id);
CREATE INDEX home_visit_state ON home_visit (state, due_at);
-- somebody's own
CREATE INDEX home_visit_resident ON home_visit (resident_id, id) WHERE resident_id > 0;
-- when an officer or a grid worker is out
CREATE INDEX home_visit_officer ON home_visit (officer_id, visit_at) WHERE officer_id > 0;
CREATE INDEX home_visit_old ON home_visit (moved_at, id) WHERE forgotten_at IS NULL;
CREATE INDEX home_visit_worker ON home_visit (worker_id, visit_at) WHERE worker_id > 0;
-- whether a file is still needed
CREATE INDEX home_visit_receipt ON home_visit (receipt) WHERE receipt <> '';

-- A desk_step is a line of the story of a booking or a home visit. Its words are sealed.
CREATE TABLE desk_step (
    id           {{id}},
    record_id    BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    act          TEXT   NOT NULL,
    account_id   BIGINT NOT NULL,
    actor        TEXT   NOT NULL,    -- '' of a resident
    behalf       BOOLEAN NOT NULL,   -- written down for whom it concerns
    words_sealed BYTEA               -- NULL: without words
);
-- the story of a record
CREATE INDEX desk_step_record ON desk_step (record_id, id);
