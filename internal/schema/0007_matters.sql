-- +goose Up
-- A category says what a kind of matter needs: its questions, limits, default
-- unit and closing condition. spec is matters.Category as JSON.
CREATE TABLE category (
    code    TEXT PRIMARY KEY,
    spec    TEXT NOT NULL,
    active  BOOLEAN NOT NULL DEFAULT TRUE,
    version BIGINT NOT NULL DEFAULT 1
);
CREATE TABLE category_group (
    code     TEXT PRIMARY KEY,
    position BIGINT NOT NULL,
    spec     TEXT NOT NULL
);

-- Every version of a category that was in force, so that the limits under which
-- something was counted can be read years later.
CREATE TABLE category_edition (
    code    TEXT   NOT NULL,
    version BIGINT NOT NULL,
    spec    TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (code, version)
);
-- What the town has settled about time beside the limits of its categories, each
-- version; spec is matters.Timing as JSON.
CREATE TABLE matter_timing (
    version BIGINT PRIMARY KEY,
    spec    TEXT   NOT NULL,
    note    TEXT   NOT NULL,
    account BIGINT NOT NULL,
    actor   TEXT   NOT NULL,
    at      BIGINT NOT NULL
);

CREATE TABLE matter (
    id           {{id}},
    number       TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('received','accepted','classified','disputed','dispatched','handling','handled','verified','closed','asked_intake','asked_handler','suspended','declined','joined','withdrawn')),
    -- what
    title        TEXT NOT NULL,
    body         TEXT NOT NULL,
    category     TEXT NOT NULL,
    answers      TEXT NOT NULL,
    urgent       BOOLEAN NOT NULL,
    channel      TEXT NOT NULL CHECK (channel IN ('web','phone','desk','grid','letter','meeting','open311','import')),
    origin       TEXT NOT NULL,          -- where an imported matter came from, '' if raised here
    -- where
    town_id      BIGINT NOT NULL,
    village_id   BIGINT NOT NULL,
    grid_id      BIGINT NOT NULL,
    courtyard_id BIGINT NOT NULL,
    place_words  TEXT NOT NULL,
    lat          DOUBLE PRECISION,
    lon          DOUBLE PRECISION,
    -- who
    public       BOOLEAN NOT NULL,
    named        BOOLEAN NOT NULL,       -- everybody may read the mask of the reporter's name: the reporter's choice
    hidden       BOOLEAN NOT NULL,
    name_hidden  BOOLEAN NOT NULL,       -- the name was moderated away; the choice stays
    resident_id  BIGINT NOT NULL,
    contact_id   BIGINT NOT NULL,
    raised_by    BIGINT NOT NULL,        -- the staff account that wrote it down for somebody, 0 if the reporter did
    raised_for   TEXT NOT NULL,          -- how they stand to the reporter, in words: neighbour, grid worker
    query_code   BYTEA,                  -- blind index of the code on the slip
    -- whose turn
    turn         TEXT NOT NULL CHECK (turn IN ('','intake','dispatch','command','handle','verify','reporter')),
    turn_unit    BIGINT NOT NULL,
    centre       BIGINT NOT NULL,
    acceptor     BIGINT NOT NULL,
    lead_unit    BIGINT NOT NULL,
    assisting    BIGINT NOT NULL,        -- how many units assist
    -- when
    raised_at    BIGINT NOT NULL,
    moved_at     BIGINT NOT NULL,
    due_at       BIGINT,
    warn_at      BIGINT,                 -- when the light of the turn turns yellow
    promised_at  BIGINT,
    clocks       TEXT NOT NULL,          -- what due_at, warn_at and promised_at follow from: matters.Clocks as JSON
    closed_at    BIGINT,
    extensions   BIGINT NOT NULL,
    suspensions  BIGINT NOT NULL,
    resume_at    BIGINT,
    returns      BIGINT NOT NULL,
    disputes     BIGINT NOT NULL,        -- how many times a unit has returned it as not its own
    decided      BOOLEAN NOT NULL,       -- whoever commands has named its unit, which keeps it
    rule         BIGINT NOT NULL CHECK (rule >= -1), -- the rule of where it goes that fired, -1: none did, 0: none was asked
    reopened     BIGINT NOT NULL,
    supervised   BOOLEAN NOT NULL,
    urged        BIGINT NOT NULL,
    -- how it ended
    result       TEXT NOT NULL,
    joined_to    BIGINT NOT NULL,
    kept_state   TEXT NOT NULL CHECK (kept_state IN ('','received','accepted','classified')), -- what it had when it was joined
    kept_due_at  BIGINT,
    kept_moved_at BIGINT,
    split_from   BIGINT NOT NULL,
    supporters   BIGINT NOT NULL,
    solved       TEXT NOT NULL CHECK (solved IN ('','yes','partly','no')),
    satisfied    BIGINT NOT NULL CHECK (satisfied BETWEEN 0 AND 5),
    rating_words TEXT NOT NULL,
    forgotten_at BIGINT,
    story        BYTEA,                  -- the hash over the rows of the tables below that belong to it: docs/trail.md
    version      BIGINT NOT NULL
);
CREATE UNIQUE INDEX matter_number ON matter (number);
-- an import run twice finds its rows again
CREATE UNIQUE INDEX matter_origin ON matter (origin) WHERE origin <> '';
-- the inbox: whose turn, most pressing first; counted without a look at the matters
CREATE INDEX matter_turn ON matter (turn_unit, due_at, id, turn) WHERE turn_unit <> 0;
-- the lists of a place, newest first
CREATE INDEX matter_town ON matter (town_id, id);
CREATE INDEX matter_village ON matter (village_id, id);
CREATE INDEX matter_grid ON matter (grid_id, id);
-- the lists of a state, of what is urgent: few among many that are closed
CREATE INDEX matter_state ON matter (state, id);
CREATE INDEX matter_urgent ON matter (id) WHERE urgent;
-- the lists of a unit, of a reporter, of a category
CREATE INDEX matter_unit ON matter (lead_unit, id) WHERE lead_unit <> 0;
CREATE INDEX matter_resident ON matter (resident_id, id) WHERE resident_id <> 0;
CREATE INDEX matter_category ON matter (category, id);
-- what other programs ask for: what everybody may read, by when it was raised
CREATE INDEX matter_published ON matter (raised_at, id, category) WHERE public AND NOT hidden;
-- what no rule sends anywhere and waits for the dispatcher, as the inbox is sorted
CREATE INDEX matter_no_rule ON matter (turn_unit, due_at, id) WHERE rule = -1 AND turn = 'dispatch';
-- what a rule caught, newest first
CREATE INDEX matter_rule ON matter (rule, id) WHERE rule <> 0;
-- what runs out: reminders, resumptions
CREATE INDEX matter_due ON matter (due_at, id) WHERE turn_unit <> 0;
CREATE INDEX matter_resume ON matter (resume_at) WHERE resume_at IS NOT NULL;
CREATE INDEX matter_waiting ON matter (due_at) WHERE state IN ('asked_intake', 'asked_handler');
-- whose personal facts are to be forgotten next
CREATE INDEX matter_retention ON matter (closed_at) WHERE closed_at IS NOT NULL AND forgotten_at IS NULL;
-- what was joined to a matter, split from it
CREATE INDEX matter_joined ON matter (joined_to) WHERE joined_to <> 0;
CREATE INDEX matter_split ON matter (split_from) WHERE split_from <> 0;

-- A step is one line of a matter's story, beyond its raising.
CREATE TABLE matter_step (
    id        {{id}},
    matter_id BIGINT NOT NULL REFERENCES matter (id),
    at        BIGINT NOT NULL,
    act       TEXT NOT NULL,
    account   BIGINT NOT NULL,
    actor     TEXT NOT NULL,
    unit_id   BIGINT NOT NULL,          -- the unit the actor acted for
    to_unit   BIGINT NOT NULL,          -- the unit the act turns to
    public    BOOLEAN NOT NULL,
    hidden    BOOLEAN NOT NULL,         -- moderated: the public does not see the words
    words     TEXT NOT NULL,
    until     BIGINT,                   -- a new due time, a day of resumption
    detail    TEXT NOT NULL,            -- what the act settled, as codes: a category, a rating, other numbers
    behalf    BOOLEAN NOT NULL,         -- recorded by the actor for the reporter
    was       TEXT NOT NULL             -- what of the matter's standing the act changed, as it was before; '' for a line without a row of the trail
);
CREATE INDEX matter_step_matter ON matter_step (matter_id, id);

-- A stage of a matter that is over, or the whole of it: how long it was given and
-- how long it took. clock is what its end follows from, as matters.Clocks.
CREATE TABLE matter_stage (
    id        {{id}},
    matter_id BIGINT  NOT NULL REFERENCES matter (id),
    stage     TEXT    NOT NULL CHECK (stage IN ('accept','dispatch','handle','verify','whole')),
    unit_id   BIGINT  NOT NULL,         -- whose turn it was; 0 of the whole
    from_at   BIGINT  NOT NULL,
    due_at    BIGINT  NOT NULL,
    ended_at  BIGINT  NOT NULL,
    ended_by  TEXT    NOT NULL,         -- the state that it led to
    late      BOOLEAN NOT NULL,         -- a fact that nothing takes away
    clock     TEXT    NOT NULL
);
CREATE INDEX matter_stage_matter ON matter_stage (matter_id, id);
-- what a unit was late with; the numbers of a period
CREATE INDEX matter_stage_unit ON matter_stage (unit_id, ended_at);

-- An appeal is what a unit says about having been late, once for each stage, and
-- what was decided: an exemption stands beside the fact. What was refused is reviewed
-- once by the level above, if the unit asks for it.
CREATE TABLE matter_appeal (
    id         {{id}},
    stage_id   BIGINT NOT NULL REFERENCES matter_stage (id),
    matter_id  BIGINT NOT NULL REFERENCES matter (id),
    unit_id    BIGINT NOT NULL,
    account    BIGINT NOT NULL,
    actor      TEXT   NOT NULL,
    words      TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    decision   TEXT   NOT NULL CHECK (decision IN ('','granted','refused')),
    decider    BIGINT NOT NULL,
    decided_by TEXT   NOT NULL,
    reason     TEXT   NOT NULL,
    decided_at BIGINT,
    review_account BIGINT NOT NULL,     -- who asked for the review; review_at is when, NULL if nobody did
    review_actor   TEXT   NOT NULL,
    review_words   TEXT   NOT NULL,
    review_at      BIGINT,
    review         TEXT   NOT NULL CHECK (review IN ('','granted','refused')),
    reviewer       BIGINT NOT NULL,
    reviewed_by    TEXT   NOT NULL,
    review_reason  TEXT   NOT NULL,
    reviewed_at    BIGINT
);
CREATE UNIQUE INDEX matter_appeal_once ON matter_appeal (stage_id);
CREATE INDEX matter_appeal_matter ON matter_appeal (matter_id);
-- what waits for a decision
CREATE INDEX matter_appeal_open ON matter_appeal (at) WHERE decision = '';

-- A file is a photo, sound or document of a matter; the bytes are in the blob store.
CREATE TABLE matter_file (
    id        {{id}},
    matter_id BIGINT NOT NULL REFERENCES matter (id),
    step_id   BIGINT NOT NULL,          -- 0: came with the raising
    hash      TEXT NOT NULL,
    type      TEXT NOT NULL,
    size      BIGINT NOT NULL,
    width     BIGINT NOT NULL,
    height    BIGINT NOT NULL,
    public    BOOLEAN NOT NULL,
    hidden    BOOLEAN NOT NULL,
    at        BIGINT NOT NULL
);
CREATE INDEX matter_file_matter ON matter_file (matter_id, id);
-- who may read a file, and whether anybody still needs it
CREATE INDEX matter_file_hash ON matter_file (hash);

-- A supporter says "me too", with their own words.
CREATE TABLE matter_support (
    id          {{id}},
    matter_id   BIGINT NOT NULL REFERENCES matter (id),
    resident_id BIGINT NOT NULL,
    contact_id  BIGINT NOT NULL,
    browser     TEXT NOT NULL,          -- of one without account: a hash of the browser's mark and the matter, '' otherwise
    words       TEXT NOT NULL,
    public      BOOLEAN NOT NULL,
    hidden      BOOLEAN NOT NULL,
    at          BIGINT NOT NULL
);
CREATE INDEX matter_support_matter ON matter_support (matter_id, id);
CREATE UNIQUE INDEX matter_support_once ON matter_support (matter_id, resident_id) WHERE resident_id <> 0;
CREATE UNIQUE INDEX matter_support_browser ON matter_support (matter_id, browser) WHERE browser <> '';

-- An assignment gives a unit its part in a matter beside the lead unit.
CREATE TABLE matter_assist (
    id         {{id}},
    matter_id  BIGINT NOT NULL REFERENCES matter (id),
    unit_id    BIGINT NOT NULL,
    asked_at   BIGINT NOT NULL,
    asked_by   TEXT NOT NULL,
    words      TEXT NOT NULL,
    answered_at BIGINT,
    answer     TEXT NOT NULL,
    active     BOOLEAN NOT NULL
);
CREATE INDEX matter_assist_matter ON matter_assist (matter_id);
CREATE INDEX matter_assist_unit ON matter_assist (unit_id, id) WHERE active AND answered_at IS NULL;

-- A whistle calls several units to one matter at once.
CREATE TABLE matter_whistle (
    id        {{id}},
    matter_id BIGINT NOT NULL REFERENCES matter (id),
    blown_by  BIGINT NOT NULL,
    blower    TEXT NOT NULL,
    words     TEXT NOT NULL,
    at        BIGINT NOT NULL,
    due_at    BIGINT NOT NULL,
    ended_at  BIGINT
);
CREATE INDEX matter_whistle_matter ON matter_whistle (matter_id);
CREATE INDEX matter_whistle_open ON matter_whistle (due_at) WHERE ended_at IS NULL;
CREATE TABLE matter_response (
    whistle_id BIGINT NOT NULL REFERENCES matter_whistle (id),
    unit_id    BIGINT NOT NULL,
    account    BIGINT NOT NULL,
    responder  TEXT NOT NULL,
    words      TEXT NOT NULL,
    at         BIGINT,
    PRIMARY KEY (whistle_id, unit_id)
);
CREATE INDEX matter_response_unit ON matter_response (unit_id) WHERE at IS NULL;

-- An invitation lets somebody outside the town's organisation answer one matter by a link.
CREATE TABLE matter_invitation (
    id         {{id}},
    matter_id  BIGINT NOT NULL REFERENCES matter (id),
    party      TEXT NOT NULL,
    question   TEXT NOT NULL,
    token      BYTEA NOT NULL,          -- SHA-256 of the link's secret
    invited_by TEXT NOT NULL,
    at         BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    answered_at BIGINT,
    answer     TEXT NOT NULL,
    revoked_at BIGINT
);
CREATE UNIQUE INDEX matter_invitation_token ON matter_invitation (token);
CREATE INDEX matter_invitation_matter ON matter_invitation (matter_id);

-- A moderation keeps what was changed or hidden, and why.
CREATE TABLE matter_moderation (
    id        {{id}},
    matter_id BIGINT NOT NULL REFERENCES matter (id),
    part      TEXT NOT NULL,            -- title, body, step:ID, file:ID, support:ID, all
    original  TEXT NOT NULL,
    reason    TEXT NOT NULL,
    moderator TEXT NOT NULL,
    at        BIGINT NOT NULL,
    undone_at BIGINT
);
CREATE INDEX matter_moderation_matter ON matter_moderation (matter_id);

-- A subscription is what somebody wants to hear of.
CREATE TABLE matter_subscription (
    id          {{id}},
    account     BIGINT NOT NULL,
    resident_id BIGINT NOT NULL,
    target      TEXT NOT NULL,          -- matter:ID, place:ID or category:CODE
    at          BIGINT NOT NULL
);
CREATE UNIQUE INDEX matter_subscription_once ON matter_subscription (target, resident_id, account);
CREATE INDEX matter_subscription_whose ON matter_subscription (resident_id, account);

-- A notice is one line of a person's page of news.
CREATE TABLE matter_notice (
    id          {{id}},
    account     BIGINT NOT NULL,
    resident_id BIGINT NOT NULL,
    matter_id   BIGINT NOT NULL REFERENCES matter (id),
    what        TEXT NOT NULL,          -- the message key
    at          BIGINT NOT NULL,
    read_at     BIGINT
);
CREATE INDEX matter_notice_resident ON matter_notice (resident_id, id) WHERE resident_id <> 0;
CREATE INDEX matter_notice_account ON matter_notice (account, id) WHERE account <> 0;
CREATE INDEX matter_notice_unread ON matter_notice (resident_id, account) WHERE read_at IS NULL;

-- A reminder keeps that a unit, or the reporter, was told of the end of a turn, so that
-- it is told once; rows go when that end is long past.
CREATE TABLE matter_reminder (
    matter_id BIGINT NOT NULL REFERENCES matter (id),
    due_at    BIGINT NOT NULL,
    what      TEXT   NOT NULL CHECK (what IN ('soon', 'late', 'level1', 'level2', 'level3', 'answer_soon', 'call')),
    PRIMARY KEY (matter_id, due_at, what)
);
CREATE INDEX matter_reminder_due ON matter_reminder (due_at);

-- A view is a clerk's saved list: a name for the address of a filter.
CREATE TABLE matter_view (
    id      {{id}},
    account BIGINT NOT NULL,
    name    TEXT NOT NULL,
    query   TEXT NOT NULL,
    at      BIGINT NOT NULL
);
CREATE INDEX matter_view_account ON matter_view (account);

-- A template is a reply prepared for a category and an act.
CREATE TABLE matter_template (
    id       {{id}},
    act      TEXT NOT NULL,
    category TEXT NOT NULL,             -- '' for any
    name     TEXT NOT NULL,
    words    TEXT NOT NULL,
    active   BOOLEAN NOT NULL,
    version  BIGINT NOT NULL
);

-- What statistics may read of matters: no words, no persons.
CREATE VIEW matter_facts AS
SELECT id, number, state, category, urgent, channel, town_id, village_id, grid_id, lead_unit,
       raised_at, due_at, promised_at, closed_at, extensions, suspensions, returns, reopened,
       supporters, solved, satisfied, turn, turn_unit,
       EXISTS (SELECT 1 FROM matter_stage s WHERE s.matter_id = matter.id AND s.stage = 'handle' AND s.late) AS handle_late,
       EXISTS (SELECT 1 FROM matter_stage s JOIN matter_appeal a ON a.stage_id = s.id
               WHERE s.matter_id = matter.id AND s.stage = 'handle' AND s.late AND (a.decision = 'granted' OR a.review = 'granted')) AS handle_exempt
FROM matter;

-- What statistics may read of stages: how long each was given and took, and whether
-- being late was excused.
CREATE VIEW matter_stage_facts AS
SELECT s.id, s.matter_id, s.stage, s.unit_id, s.from_at, s.due_at, s.ended_at, s.ended_by, s.late,
       COALESCE(a.decision = 'granted' OR a.review = 'granted', FALSE) AS exempt
FROM matter_stage s LEFT JOIN matter_appeal a ON a.stage_id = s.id;
