-- +goose Up
-- What somebody is told of what happened on a village's page: that their question was
-- answered, that a letter waits for them. Rows go after half a year. One that is
-- addressed to nobody says that there was nobody to tell.
CREATE TABLE village_news (
    id          {{id}},
    account     BIGINT NOT NULL,
    resident_id BIGINT NOT NULL,
    place_id    BIGINT NOT NULL,
    what        TEXT   NOT NULL,    -- the last part of the message's key
    ref         BIGINT NOT NULL,    -- the remark, the letter or the membership
    at          BIGINT NOT NULL,
    read_at     BIGINT
);
-- somebody's own page of news
CREATE INDEX village_news_resident ON village_news (resident_id, id) WHERE resident_id <> 0;
CREATE INDEX village_news_account ON village_news (account, id) WHERE account <> 0;
CREATE INDEX village_news_unread ON village_news (resident_id, account) WHERE read_at IS NULL;
-- was this lateness told
CREATE INDEX village_news_ref ON village_news (ref, what, at);
-- what has no answer in time
CREATE INDEX missive_due ON missive (due_at) WHERE state IN ('sent', 'taken');
CREATE INDEX remark_due ON remark (due_at) WHERE state = 'open';
