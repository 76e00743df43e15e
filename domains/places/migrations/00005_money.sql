-- +goose Up

-- What somebody owes for one thing: kind and source_id name it. total is what is
-- owed now, paid the sum of its entries: less than total is still owed, more is
-- to be given back. working is JSON, how the total came about. due_day is until
-- when it is paid; lapses says that the thing is cancelled when it is not.
CREATE TABLE charges (
    id {{id}},
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,          -- reservation
    source_id BIGINT NOT NULL,
    reference TEXT NOT NULL,     -- what a transfer names, with a check digit
    office_id BIGINT NOT NULL,
    group_id BIGINT NOT NULL,    -- 0: the person alone
    person_id BIGINT NOT NULL,
    receipt TEXT NOT NULL,       -- of the thing itself
    day TEXT NOT NULL,           -- of use
    working TEXT NOT NULL,
    total BIGINT NOT NULL,
    paid BIGINT NOT NULL,
    state TEXT NOT NULL,         -- due, paid, waived, cancelled
    due_day TEXT NOT NULL,
    lapses BIGINT NOT NULL,
    reminded BIGINT NOT NULL,
    reason TEXT NOT NULL,        -- of a waiver
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    UNIQUE (kind, source_id),
    UNIQUE (reference)
);
CREATE INDEX charges_due ON charges (due_day, id) WHERE state = 'due';
CREATE INDEX charges_office ON charges (office_id, state, due_day, id);
CREATE INDEX charges_back ON charges (office_id, due_day, id) WHERE paid > total;
CREATE INDEX charges_receipt ON charges (receipt);


-- The ledger. Rows are never changed or deleted: a mistake is put right by a
-- counter-entry that names it. amount is what came in, negative what went out.
CREATE TABLE entries (
    id {{id}},
    charge_id BIGINT NOT NULL REFERENCES charges (id),
    office_id BIGINT NOT NULL,
    kind TEXT NOT NULL,          -- payment, refund, correction
    method TEXT NOT NULL,        -- counter, bank, online
    amount BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    cash_day TEXT NOT NULL,
    clerk_id BIGINT NOT NULL,    -- 0: nobody's hand, paid online
    fiscal_year BIGINT NOT NULL,
    number BIGINT NOT NULL,      -- of the receipt, without gaps a year and office; 0 for what is none
    corrects BIGINT NOT NULL,    -- the entry that a correction takes back; 0
    reason TEXT NOT NULL,
    outside TEXT NOT NULL,       -- what elsewhere names the movement: a line of a bank, an intent of a provider
    turn TEXT NOT NULL           -- the form that made it, so that pressing twice pays once
);
CREATE INDEX entries_charge ON entries (charge_id, id);
CREATE INDEX entries_day ON entries (office_id, cash_day, id);
CREATE UNIQUE INDEX entries_number ON entries (office_id, fiscal_year, number) WHERE number <> 0;
CREATE UNIQUE INDEX entries_corrects ON entries (corrects) WHERE corrects <> 0;
CREATE UNIQUE INDEX entries_outside ON entries (outside) WHERE outside <> '';
CREATE UNIQUE INDEX entries_turn ON entries (charge_id, turn) WHERE turn <> '';

-- The till of an office: taken in hand by every movement and by closing a day,
-- so that nothing slips into a day that is closed, and numbers have no gaps.
CREATE TABLE tills (
    office_id BIGINT NOT NULL PRIMARY KEY,
    turns BIGINT NOT NULL,
    closed TEXT NOT NULL,        -- the last day that was closed; '' before the first
    fiscal_year BIGINT NOT NULL,
    number BIGINT NOT NULL       -- the last one given in that year
) {{keyed}};

-- A cash day (日計表) that was counted and closed.
CREATE TABLE cash_days (
    office_id BIGINT NOT NULL,
    day TEXT NOT NULL,
    opening BIGINT NOT NULL,     -- yen in the till in the morning
    expected BIGINT NOT NULL,    -- and by the ledger in the evening
    counted BIGINT NOT NULL,
    kept BIGINT NOT NULL,        -- left in the till for the next day
    counts TEXT NOT NULL,        -- JSON: denomination to pieces
    reason TEXT NOT NULL,        -- of a difference
    closed_by BIGINT NOT NULL,
    closed_at BIGINT NOT NULL,
    PRIMARY KEY (office_id, day)
) {{keyed}};

-- A line of a bank statement, by what it says: known when it comes again.
CREATE TABLE bank_lines (
    id {{id}},
    office_id BIGINT NOT NULL,
    mark TEXT NOT NULL,          -- hash of the line, and which of several alike it is
    day TEXT NOT NULL,
    amount BIGINT NOT NULL,
    words TEXT NOT NULL,         -- who paid and what they wrote
    charge_id BIGINT NOT NULL,   -- 0: nobody knows what for
    reason TEXT NOT NULL,        -- message key, why it fits nothing
    UNIQUE (office_id, mark)
);
CREATE INDEX bank_lines_open ON bank_lines (office_id, id) WHERE charge_id = 0;

-- A payment that somebody began on a provider's page.
CREATE TABLE online_payments (
    session TEXT NOT NULL PRIMARY KEY,
    charge_id BIGINT NOT NULL REFERENCES charges (id),
    amount BIGINT NOT NULL,
    intent TEXT NOT NULL,        -- of the provider, once paid
    made_at BIGINT NOT NULL
) {{keyed}};
CREATE INDEX online_payments_charge ON online_payments (charge_id);

-- +goose Down
DROP TABLE online_payments;
DROP TABLE bank_lines;
DROP TABLE cash_days;
DROP TABLE tills;
DROP TABLE entries;
DROP TABLE charges;
