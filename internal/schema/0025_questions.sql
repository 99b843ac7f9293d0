-- +goose Up
-- A question is what somebody asked the town in plain words and nothing published
-- answered: it waits for a unit, and ends with its reply. Never public: what becomes
-- public of it is an answer, written without the asker.
CREATE TABLE question (
    id            {{id}},
    number        TEXT    NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('asked', 'answered', 'published', 'withdrawn')),
    words         TEXT    NOT NULL,
    town_id       BIGINT  NOT NULL,
    village_id    BIGINT  NOT NULL,
    grid_id       BIGINT  NOT NULL,
    courtyard_id  BIGINT  NOT NULL,
    unit_id       BIGINT  NOT NULL,  -- whose turn it is, or was
    resident_id   BIGINT  NOT NULL,  -- the asker, if known to the town
    contact_id    BIGINT  NOT NULL,  -- how to reach an asker without account
    query_code    BYTEA,
    asked_by      BIGINT  NOT NULL,  -- the account or the resident that wrote it down for the asker
    asked_for     TEXT    NOT NULL,  -- how the writer stands to the asker
    asked_at      BIGINT  NOT NULL,
    moved_at      BIGINT  NOT NULL,
    due_at        BIGINT,
    reply         TEXT    NOT NULL,
    cites         TEXT    NOT NULL,  -- the answers that the reply rests on, with blanks between
    answered_at   BIGINT,
    passed        BIGINT  NOT NULL,
    reopened      BIGINT  NOT NULL,
    answer_id     BIGINT  NOT NULL,  -- the answer that was published of it
    forgotten_at  BIGINT,
    story         BYTEA,             -- a digest over its lines
    version       BIGINT  NOT NULL
);
CREATE UNIQUE INDEX question_number ON question (number);
-- What was asked in a part of the town, the newest first, however little that is.
CREATE INDEX question_town ON question (town_id, id);
CREATE INDEX question_village ON question (village_id, id);
CREATE INDEX question_grid ON question (grid_id, id);
-- what waits for a unit, the most pressing first
CREATE INDEX question_turn ON question (unit_id, due_at) WHERE state = 'asked';
-- what a unit has answered, and what an editor may publish
CREATE INDEX question_unit ON question (unit_id, id);
CREATE INDEX question_answered ON question (id) WHERE state = 'answered';
-- a resident's own
CREATE INDEX question_resident ON question (resident_id, id) WHERE resident_id <> 0;
-- what has been kept long enough
CREATE INDEX question_old ON question (moved_at) WHERE state <> 'asked' AND forgotten_at IS NULL;

-- A line of a question's story.
CREATE TABLE question_step (
    id           {{id}},
    question_id  BIGINT NOT NULL REFERENCES question (id),
    at           BIGINT NOT NULL,
    act          TEXT   NOT NULL,
    account      BIGINT NOT NULL,
    actor        TEXT   NOT NULL,
    unit_id      BIGINT NOT NULL,
    to_unit      BIGINT NOT NULL,
    words        TEXT   NOT NULL,
    behalf       TEXT   NOT NULL
);
CREATE INDEX question_step_question ON question_step (question_id, id);

-- An answer is published: a policy, what somebody asked and was told, or the reply to
-- a matter that is public. Everybody finds and reads it.
CREATE TABLE answer (
    id            {{id}},
    kind          TEXT    NOT NULL CHECK (kind IN ('policy', 'answer', 'reply')),
    title         TEXT    NOT NULL,
    asked         TEXT    NOT NULL,  -- the question, without who asked it
    body          TEXT    NOT NULL,
    source        TEXT    NOT NULL,  -- who says so
    url           TEXT    NOT NULL,
    doc_number    TEXT    NOT NULL,  -- 邛府发〔2026〕3号
    issued_on     TEXT    NOT NULL,  -- a day as YYYY-MM-DD, '' if not known
    from_on       TEXT    NOT NULL,  -- in force from this day on
    until_on      TEXT    NOT NULL,  -- and until this one; '' without end
    replaced_by   BIGINT  NOT NULL,  -- the answer that holds instead
    unit_id       BIGINT  NOT NULL,  -- the unit that knows
    town_id       BIGINT  NOT NULL,  -- where it holds; 0 is the whole city
    village_id    BIGINT  NOT NULL,
    grid_id       BIGINT  NOT NULL,
    courtyard_id  BIGINT  NOT NULL,
    origin        TEXT    NOT NULL,  -- what an import calls it, or matter: and the matter's number
    retired       TEXT    NOT NULL,  -- why it is found no longer; '' if it is
    published_at  BIGINT  NOT NULL,
    published_by  BIGINT  NOT NULL,
    changed_at    BIGINT  NOT NULL,
    version       BIGINT  NOT NULL
);
-- an import, or a matter, is taken in once
CREATE UNIQUE INDEX answer_origin ON answer (origin) WHERE origin <> '';
CREATE INDEX answer_live ON answer (id) WHERE retired = '';
-- the list of those that are found, of one kind and of one unit
CREATE INDEX answer_found ON answer (kind, id) WHERE retired = '';
CREATE INDEX answer_unit ON answer (unit_id, id);
-- what it took the place of
CREATE INDEX answer_replaced ON answer (replaced_by) WHERE replaced_by <> 0;

-- How often an answer answered somebody, by the day: who it was nobody writes down.
CREATE TABLE answer_day (
    answer_id  BIGINT NOT NULL REFERENCES answer (id),
    day        TEXT   NOT NULL,
    helped     BIGINT NOT NULL,
    missed     BIGINT NOT NULL,
    PRIMARY KEY (answer_id, day)
);
CREATE INDEX answer_day_day ON answer_day (day);

-- What is found in has changed when this number has; and of which categories the
-- replies to public matters are answers.
CREATE TABLE answer_shelf (
    id          BIGINT PRIMARY KEY,
    version     BIGINT NOT NULL,
    categories  TEXT   NOT NULL
);
INSERT INTO answer_shelf (id, version, categories) VALUES (1, 0, '');
