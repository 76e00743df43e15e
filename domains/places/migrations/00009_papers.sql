-- +goose Up

-- A permit (使用許可書) as it was issued. A changed reservation gets the next
-- version of the same number. says is a digest of what it said.
CREATE TABLE permits (
    id {{id}},
    reservation_id BIGINT NOT NULL,
    version BIGINT NOT NULL,     -- from 1; above that it was issued again (再交付)
    year BIGINT NOT NULL,        -- the fiscal year of the number
    serial BIGINT NOT NULL,      -- in the year, from 1
    code TEXT NOT NULL UNIQUE,   -- of its QR code
    says TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    issued_by BIGINT NOT NULL,   -- 0: the program
    UNIQUE (reservation_id, version),
    UNIQUE (year, serial, version)
);

-- The last number of each fiscal year; who issues holds its row.
CREATE TABLE permit_years (
    year BIGINT PRIMARY KEY,
    last BIGINT NOT NULL
);

-- When the receipt (領収書) for a payment was first handed out: later it says
-- that it is a second one (再発行).
CREATE TABLE receipts_handed (
    entry_id {{id}},
    handed_at BIGINT NOT NULL,
    handed_by BIGINT NOT NULL
);

-- How far the ledger of payments was followed, in one row: whoever paid is sent
-- their permit.
CREATE TABLE permit_turns (
    id {{id}},
    entry_id BIGINT NOT NULL
);

-- +goose Down
DROP TABLE permit_turns;
DROP TABLE receipts_handed;
DROP TABLE permit_years;
DROP TABLE permits;
