-- +goose Up
-- A village page is what a village, a community or a courtyard says of itself. The
-- picture is a file under its content's address; the kind of front page follows
-- from the place, not from here.
CREATE TABLE village_page (
    place_id     BIGINT PRIMARY KEY,
    town_id      BIGINT NOT NULL,
    village_id   BIGINT NOT NULL,
    grid_id      BIGINT NOT NULL,
    courtyard_id BIGINT NOT NULL,
    greeting     TEXT   NOT NULL,
    picture      TEXT   NOT NULL,   -- hash, '' for none
    picture_type TEXT   NOT NULL,
    picture_says TEXT   NOT NULL,   -- what is seen on it
    opened_on    TEXT   NOT NULL,   -- nothing before that day is asked for
    ledger_members BOOLEAN NOT NULL, -- the words of its ledger are for members alone
    version      BIGINT NOT NULL
);

-- A notice is one thing that a village says in public. A withdrawn one leaves its
-- title, its reason and who withdrew it.
CREATE TABLE notice (
    id           {{id}},
    place_id     BIGINT NOT NULL,
    town_id      BIGINT NOT NULL,
    village_id   BIGINT NOT NULL,
    kind         TEXT   NOT NULL CHECK (kind IN ('notice', 'party', 'village', 'finance', 'diary', 'speaker', 'event')),
    state        TEXT   NOT NULL CHECK (state IN ('draft', 'published', 'discarded', 'withdrawn')),
    title        TEXT   NOT NULL,
    body         TEXT   NOT NULL,
    item         TEXT   NOT NULL,   -- of open affairs: which item of the list; '' of others
    period       TEXT   NOT NULL,   -- for which period: 2026-Q1, 2026-03, 2026; of a great matter the day it happened
    starts_at    BIGINT,            -- of an event
    ends_at      BIGINT,            -- of an event
    spot         TEXT   NOT NULL,   -- of an event: where
    hash         TEXT   NOT NULL,   -- of the file beside it, '' for none
    hash_type    TEXT   NOT NULL,
    hash_size    BIGINT NOT NULL,
    made_at      BIGINT NOT NULL,
    published_at BIGINT,
    account      BIGINT NOT NULL,   -- who wrote it
    actor        TEXT   NOT NULL,
    post         TEXT   NOT NULL,
    why          TEXT   NOT NULL,   -- why it was amended or withdrawn, in words
    members      BOOLEAN NOT NULL,  -- its words are for members of the place alone
    version      BIGINT NOT NULL
);
-- the front page and the lists of a village, by kind
CREATE INDEX notice_place ON notice (place_id, kind, published_at);
CREATE INDEX notice_opened ON notice (town_id, id) WHERE item <> '' AND state IN ('published', 'draft');
-- what has been opened for which item and period: at most one publication stands for each
CREATE UNIQUE INDEX notice_item ON notice (place_id, item, period) WHERE state = 'published' AND item <> '';
-- the state of every village of a town at once
CREATE INDEX notice_town ON notice (town_id, item, period) WHERE state = 'published' AND item <> '';
-- may this file be read
CREATE INDEX notice_hash ON notice (hash) WHERE hash <> '';

-- What a notice said before it was amended.
CREATE TABLE notice_before (
    notice_id BIGINT NOT NULL REFERENCES notice (id),
    version   BIGINT NOT NULL,
    title     TEXT   NOT NULL,
    body      TEXT   NOT NULL,
    why       TEXT   NOT NULL,
    actor     TEXT   NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (notice_id, version)
);

-- An edition of how often what has to be opened. Editions are kept for ever.
CREATE TABLE village_rhythm (
    number   BIGINT PRIMARY KEY,
    from_day TEXT   NOT NULL,
    items    TEXT   NOT NULL,       -- JSON
    note     TEXT   NOT NULL,
    account  BIGINT NOT NULL,
    actor    TEXT   NOT NULL,
    at       BIGINT NOT NULL
);

-- An entry of a village's ledger moves an amount, in fen, from one account to
-- another; all accounts together are therefore always zero. An entry is never
-- changed and never removed: a wrong one is countered by a second. Who reads its words
-- may be settled anew.
CREATE TABLE ledger_entry (
    id           {{id}},
    place_id     BIGINT NOT NULL,
    town_id      BIGINT NOT NULL,
    village_id   BIGINT NOT NULL,
    number       BIGINT NOT NULL,   -- counted through in the village, without a gap
    on_day       TEXT   NOT NULL,
    from_account TEXT   NOT NULL,
    to_account   TEXT   NOT NULL,
    amount       BIGINT NOT NULL CHECK (amount > 0),
    words        TEXT   NOT NULL,
    party        TEXT   NOT NULL,   -- to whom, or from whom
    decided      TEXT   NOT NULL,   -- by whom and when it was decided
    paper        TEXT   NOT NULL,   -- hash; '' of an opening balance and of a counter-entry alone
    paper_type   TEXT   NOT NULL,
    paper_size   BIGINT NOT NULL,
    counters     BIGINT NOT NULL,   -- the entry that this one undoes; 0 for none
    members      BOOLEAN NOT NULL,  -- its words and its paper are for members of the place alone
    at           BIGINT NOT NULL,
    account      BIGINT NOT NULL,
    actor        TEXT   NOT NULL,
    CHECK (from_account <> to_account)
);
CREATE UNIQUE INDEX ledger_entry_number ON ledger_entry (place_id, number);
-- an entry is undone once
CREATE UNIQUE INDEX ledger_entry_counters ON ledger_entry (counters) WHERE counters <> 0;
-- the statement of a year or a month, with what was there before
CREATE INDEX ledger_entry_day ON ledger_entry (place_id, on_day, number);
-- may this paper be read
CREATE INDEX ledger_entry_paper ON ledger_entry (paper) WHERE paper <> '';

-- A remark is what a resident says on a village's page: a question about a notice or
-- an entry, a comment, or something lost or found.
CREATE TABLE remark (
    id           {{id}},
    place_id     BIGINT NOT NULL,
    town_id      BIGINT NOT NULL,
    village_id   BIGINT NOT NULL,
    kind         TEXT   NOT NULL CHECK (kind IN ('question', 'comment', 'lost', 'found')),
    state        TEXT   NOT NULL CHECK (state IN ('open', 'answered', 'shown', 'hidden', 'appealed', 'upheld', 'taken_back', 'settled', 'ended')),
    notice_id    BIGINT NOT NULL,   -- 0: about none
    entry_id     BIGINT NOT NULL,   -- of the ledger; 0: about none
    resident_id  BIGINT NOT NULL,
    body         TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    due_at       BIGINT,            -- of a question: until when it is to be answered
    ends_at      BIGINT,            -- of lost and found: when it ends by itself
    answer       TEXT   NOT NULL,
    answered_at  BIGINT,
    answered_by  TEXT   NOT NULL,   -- name and post
    why          TEXT   NOT NULL,   -- why it was hidden: a word of the list
    why_words    TEXT   NOT NULL,
    hidden_by    BIGINT NOT NULL,   -- the account; another decides on the appeal
    hidden_post  TEXT   NOT NULL,
    appeal       TEXT   NOT NULL,
    decision     TEXT   NOT NULL,
    decided_post TEXT   NOT NULL,
    was          TEXT   NOT NULL,   -- the state before it was hidden
    version      BIGINT NOT NULL
);
CREATE INDEX remark_place ON remark (place_id, kind, at);
CREATE INDEX remark_notice ON remark (notice_id, at) WHERE notice_id <> 0;
CREATE INDEX remark_entry ON remark (entry_id, at) WHERE entry_id <> 0;
CREATE INDEX remark_resident ON remark (resident_id, at);
-- what waits for an answer, and appeals that wait for a decision
CREATE INDEX remark_waits ON remark (state, at, id) WHERE state IN ('open', 'appealed');
CREATE INDEX remark_hidden ON remark (at, id) WHERE state IN ('hidden', 'upheld') AND body <> '';
-- what ends by itself
CREATE INDEX remark_ends ON remark (ends_at) WHERE state = 'shown' AND ends_at IS NOT NULL;

-- A membership is a resident's place on the page of a village.
CREATE TABLE membership (
    id          {{id}},
    place_id    BIGINT NOT NULL,
    town_id     BIGINT NOT NULL,
    village_id  BIGINT NOT NULL,
    resident_id BIGINT NOT NULL,
    state       TEXT   NOT NULL CHECK (state IN ('asked', 'vouched', 'joined', 'refused', 'left')),
    way         TEXT   NOT NULL CHECK (way IN ('desk', 'neighbour', 'code')),
    voucher_id  BIGINT NOT NULL,    -- the neighbour who vouched; 0 for none
    asked_at    BIGINT NOT NULL,
    joined_at   BIGINT,
    why         TEXT   NOT NULL,    -- why it was refused
    version     BIGINT NOT NULL
);
CREATE UNIQUE INDEX membership_one ON membership (place_id, resident_id);
CREATE INDEX membership_resident ON membership (resident_id);
CREATE INDEX membership_waits ON membership (place_id, state);

-- A code printed for joining. The code itself is not kept.
CREATE TABLE membership_code (
    id         {{id}},
    place_id   BIGINT NOT NULL,
    town_id    BIGINT NOT NULL,
    village_id BIGINT NOT NULL,
    hash       BYTEA  NOT NULL,
    most       BIGINT NOT NULL,     -- how many may join with it
    used       BIGINT NOT NULL,
    until_at   BIGINT NOT NULL,
    made_at    BIGINT NOT NULL,
    account    BIGINT NOT NULL,
    ended      BOOLEAN NOT NULL,
    CHECK (used <= most)
);
CREATE UNIQUE INDEX membership_code_hash ON membership_code (hash);
CREATE INDEX membership_code_place ON membership_code (place_id, made_at);

-- A missive is a letter to the secretary or the committee of a village. Its words are
-- sealed; nobody but the writer and whom it was written to reads them.
CREATE TABLE missive (
    id            {{id}},
    place_id      BIGINT NOT NULL,
    town_id       BIGINT NOT NULL,
    village_id    BIGINT NOT NULL,
    resident_id   BIGINT NOT NULL,
    addressee     TEXT   NOT NULL CHECK (addressee IN ('secretary', 'committee')),
    state         TEXT   NOT NULL CHECK (state IN ('sent', 'taken', 'replied', 'withdrawn')),
    body_sealed   BYTEA,
    reply_sealed  BYTEA,
    sent_at       BIGINT NOT NULL,
    due_at        BIGINT NOT NULL,
    replied_at    BIGINT,
    replied_post  TEXT   NOT NULL,
    version       BIGINT NOT NULL
);
CREATE INDEX missive_resident ON missive (resident_id, sent_at);
CREATE INDEX missive_old ON missive (COALESCE(replied_at, sent_at), id) WHERE state IN ('replied', 'withdrawn') AND resident_id <> 0;
CREATE INDEX missive_place ON missive (place_id, addressee, state);

-- Who is on duty in a village on a day: what stands in the book of telephone numbers.
CREATE TABLE village_duty (
    place_id   BIGINT NOT NULL,
    on_day     TEXT   NOT NULL,
    town_id    BIGINT NOT NULL,
    village_id BIGINT NOT NULL,
    name       TEXT   NOT NULL,
    phone      TEXT   NOT NULL,     -- an official one
    hours      TEXT   NOT NULL,
    PRIMARY KEY (place_id, on_day)
);
