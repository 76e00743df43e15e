-- +goose Up

-- One decision of the city about lending, in force from its day until the next
-- of its kind and place. body is JSON, one of the types of package rules.
CREATE TABLE rules (
    id {{id}},
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    facility_id BIGINT NOT NULL, -- 0: the whole city
    valid_from TEXT NOT NULL,
    body TEXT NOT NULL,
    note TEXT NOT NULL,          -- why, as the clerk wrote it
    state TEXT NOT NULL,         -- draft, in_force, withdrawn
    made_by BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX rules_kind ON rules (kind, facility_id, valid_from, id);
-- Nobody has to guess which of two rules of one day holds.
CREATE UNIQUE INDEX rules_once ON rules (kind, facility_id, valid_from) WHERE state = 'in_force';

-- Taken in hand by a booking where a rule limits how many a holder may have in
-- a month, so that two at once wait in line; what they have is in holder_days.
CREATE TABLE holder_months (
    holder_id BIGINT NOT NULL,
    month TEXT NOT NULL,         -- its first day
    turns BIGINT NOT NULL,
    PRIMARY KEY (holder_id, month)
) {{keyed}};

-- +goose Down
DROP TABLE holder_months;
DROP TABLE rules;
