-- +goose Up

-- One row a message to one person. What it says is erased when it is sent.
CREATE TABLE deliveries (
    id      {{id}},                      -- tells when it was asked for, too
    person  BIGINT NOT NULL,             -- 0: somebody who is known by the address only
    kind    TEXT NOT NULL,
    payload TEXT NOT NULL,               -- JSON; '' once sent
    address TEXT NOT NULL,               -- only when the message named one; '' once sent
    lang    TEXT NOT NULL,               -- only when the message named one
    office  BIGINT NOT NULL,             -- that prints it; 0: the recipient's
    urgent  BIGINT NOT NULL,             -- 1: somebody waits for it
    state   BIGINT NOT NULL DEFAULT 0,   -- 0 waits, 1 sent, 2 dead
    channel TEXT NOT NULL DEFAULT '',    -- by which way it was sent: mail or paper
    due     BIGINT NOT NULL,             -- when it may be claimed; while claimed, when the claim ends
    claim   BIGINT NOT NULL DEFAULT 0,   -- whose it is while it is being sent
    tries   BIGINT NOT NULL DEFAULT 0,   -- begun
    error   TEXT NOT NULL DEFAULT '',    -- of the last try
    ended   BIGINT NOT NULL DEFAULT 0    -- when it was sent or died
);

CREATE INDEX deliveries_due ON deliveries (due) WHERE state = 0 AND urgent = 0;

CREATE INDEX deliveries_urgent ON deliveries (due) WHERE state = 0 AND urgent = 1;

CREATE INDEX deliveries_ended ON deliveries (ended) WHERE state <> 0;

CREATE INDEX deliveries_dead ON deliveries (id) WHERE state = 2;

-- The demo's outside world: every mail that would have been sent.
CREATE TABLE mailbox (
    id          {{id}},                  -- of the delivery
    person      BIGINT NOT NULL,
    address     TEXT NOT NULL,
    name        TEXT NOT NULL,
    lang        TEXT NOT NULL,
    kind        TEXT NOT NULL,
    subject     TEXT NOT NULL,
    text        TEXT NOT NULL,
    html        TEXT NOT NULL,
    attachments TEXT NOT NULL,           -- JSON
    sent        BIGINT NOT NULL
);

CREATE INDEX mailbox_person ON mailbox (person, id);

CREATE INDEX mailbox_address ON mailbox (address, id);

-- Pages that wait to be printed for somebody who takes paper.
CREATE TABLE print_queue (
    id         {{id}},                   -- of the delivery
    person     BIGINT NOT NULL,
    office     BIGINT NOT NULL,          -- 0: any
    kind       TEXT NOT NULL,
    name       TEXT NOT NULL,            -- the addressee
    lang       TEXT NOT NULL,
    title      TEXT NOT NULL,
    page       TEXT NOT NULL,            -- HTML; '' once printed
    printed    BIGINT NOT NULL DEFAULT 0,
    printed_by BIGINT NOT NULL DEFAULT 0
);

CREATE INDEX print_queue_waiting ON print_queue (office, id) WHERE printed = 0;

CREATE INDEX print_queue_printed ON print_queue (printed) WHERE printed <> 0;

-- +goose Down

DROP TABLE print_queue;

DROP TABLE mailbox;

DROP TABLE deliveries;
