-- +goose Up
-- An edition is a text about working time that came into force: the holidays that
-- are shipped with the program, the town's own calendar file, or a unit's. Editions
-- are kept for ever, so that a due time can be derived again under the calendar of
-- its day: the calendar of edition n is made of the newest text of each kind up to n.
CREATE TABLE calendar_edition (
    number  BIGINT PRIMARY KEY,
    kind    TEXT   NOT NULL CHECK (kind IN ('shipped', 'town', 'unit')),
    unit_id BIGINT NOT NULL,        -- whose it is; 0 but for a unit's
    text    TEXT   NOT NULL,        -- a calendar file; '' takes back what was said before
    note    TEXT   NOT NULL,        -- why it was changed
    account BIGINT NOT NULL,
    actor   TEXT   NOT NULL,
    at      BIGINT NOT NULL
);
