-- +goose Up
-- A letter is one message to one mailbox, by whatever channel. Its fate is kept; its
-- words never are: they are written when it is sent, from what its reader may read
-- then. A code to sign in with goes to a telephone, and has no mailbox and no owner.
CREATE TABLE letter (
    id          {{id}},
    mailbox_id  BIGINT  REFERENCES mailbox (id),
    channel     TEXT    NOT NULL CHECK (channel IN ('mail', 'sms', 'wechat', 'wecom', 'dingtalk', 'push')),
    owner       TEXT    NOT NULL CHECK (owner IN ('resident', 'account', 'matter', 'phone')),
    owner_id    BIGINT  NOT NULL,
    kind        TEXT    NOT NULL CHECK (kind IN ('confirm', 'news', 'code')),
    state       TEXT    NOT NULL CHECK (state IN ('waiting', 'posting', 'sent', 'unknown', 'refused', 'given_up', 'dropped')),
    urgent      BOOLEAN NOT NULL,  -- may be sent at night
    made_at     BIGINT  NOT NULL,
    due_at      BIGINT  NOT NULL,  -- not sent before
    tried_at    BIGINT,            -- the last try
    ended_at    BIGINT,
    tries       BIGINT  NOT NULL,
    news        BIGINT  NOT NULL,  -- how many pieces of news it told
    fault       TEXT    NOT NULL,  -- why the last try came to nothing; names no address
    to_index    BYTEA,             -- of a confirmation: the address, and who asked; kept for a day
    from_index  BYTEA
);
-- what waits for a mailbox, so that several pieces of news go in one letter
CREATE INDEX letter_waiting ON letter (mailbox_id) WHERE state = 'waiting';
-- the administrator's list, of all channels and of one
CREATE INDEX letter_state ON letter (state, id);
CREATE INDEX letter_state_channel ON letter (state, channel, id);
-- what became of a person's own
CREATE INDEX letter_owner ON letter (owner, owner_id, id) WHERE owner_id <> 0;
-- how many confirmations went to one address, or were asked for from one
CREATE INDEX letter_to ON letter (to_index, made_at) WHERE to_index IS NOT NULL;
CREATE INDEX letter_from ON letter (from_index, made_at) WHERE from_index IS NOT NULL;

-- A letter_item is a piece of news that a waiting letter is to tell, by the domain
-- that knows what it says. It goes when the letter has ended.
CREATE TABLE letter_item (
    letter_id  BIGINT NOT NULL REFERENCES letter (id),
    source     TEXT   NOT NULL,
    ref        BIGINT NOT NULL,
    PRIMARY KEY (letter_id, source, ref)
);
