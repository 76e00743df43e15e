-- +goose Up

-- A draw (抽選) of rooms for a month of use. rule is the line of the rules that
-- held when it was made, as JSON; rooms are those that can be wished for. next_at
-- is when the job looks at it again, 0: when somebody has done something. version
-- counts every change of the draw and of its entries, so that the list that is
-- frozen is the list that was read.
CREATE TABLE draws (
    id {{id}},
    version BIGINT NOT NULL,
    facility_id BIGINT NOT NULL REFERENCES facilities (id),
    office_id BIGINT NOT NULL,
    month TEXT NOT NULL,         -- its first day
    rooms TEXT NOT NULL,
    rule TEXT NOT NULL,
    source TEXT NOT NULL,        -- beacon, typed, entrants
    what TEXT NOT NULL,
    state TEXT NOT NULL,         -- planned, open, frozen, drawn, confirming, closed
    opens_at BIGINT NOT NULL,
    closes_at BIGINT NOT NULL,
    freezes_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,      -- when the source's value comes into being
    confirm_until BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    counted BIGINT NOT NULL,     -- 1 when overlaps were looked for after closing
    commitment TEXT NOT NULL,
    seed TEXT NOT NULL,
    note TEXT NOT NULL           -- why it was put off; shown to everybody
);
CREATE INDEX draws_next ON draws (next_at, id) WHERE next_at <> 0;
CREATE INDEX draws_month ON draws (facility_id, month);
CREATE INDEX draws_shown ON draws (closes_at, id);
CREATE INDEX draws_office ON draws (office_id, id);

-- What is written once: the frozen draw and what was revealed as JSON, the text
-- whose hash is the commitment, the proof.
CREATE TABLE draw_papers (
    draw_id BIGINT NOT NULL REFERENCES draws (id),
    kind TEXT NOT NULL,          -- frozen, reveals, entries, proof
    body {{bytes}} NOT NULL,
    PRIMARY KEY (draw_id, kind)
);

-- number 1 matters most to the group. outcome is empty until the draw's result
-- has reached the entry. wishes is JSON.
CREATE TABLE draw_entries (
    id {{id}},
    version BIGINT NOT NULL,
    draw_id BIGINT NOT NULL REFERENCES draws (id),
    group_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    made_by BIGINT NOT NULL,
    number BIGINT NOT NULL,
    wishes TEXT NOT NULL,
    purpose TEXT NOT NULL,
    headcount BIGINT NOT NULL,
    receipt TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,         -- entered, withdrawn, aside
    reason TEXT NOT NULL,        -- why it was set aside
    outcome TEXT NOT NULL,       -- won, taken, capped, surplus, unrevealed, void, blocked
    turn BIGINT NOT NULL,
    reservation_id BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX draw_entries_group ON draw_entries (draw_id, group_id, number);
CREATE INDEX draw_entries_waiting ON draw_entries (draw_id, id) WHERE outcome = '';
CREATE INDEX draw_entries_person ON draw_entries (person_id, id);

-- A group's promise of a word for the seed, and the word once it is told.
CREATE TABLE draw_pledges (
    draw_id BIGINT NOT NULL REFERENCES draws (id),
    group_id BIGINT NOT NULL,
    hash TEXT NOT NULL,
    word TEXT NOT NULL,
    PRIMARY KEY (draw_id, group_id)
);

-- What each clerk read of a public value.
CREATE TABLE draw_values (
    draw_id BIGINT NOT NULL REFERENCES draws (id),
    person_id BIGINT NOT NULL,
    value TEXT NOT NULL,
    typed_at BIGINT NOT NULL,
    PRIMARY KEY (draw_id, person_id)
);

-- Two groups of a draw that share members beyond the rule, and what was decided.
CREATE TABLE draw_overlaps (
    draw_id BIGINT NOT NULL REFERENCES draws (id),
    group_id BIGINT NOT NULL,
    other_id BIGINT NOT NULL,
    shared BIGINT NOT NULL,
    percent BIGINT NOT NULL,     -- of the smaller one's members
    aside_id BIGINT NOT NULL,    -- the group that was set aside; 0: none
    reason TEXT NOT NULL,
    decided_by BIGINT NOT NULL,  -- 0: nobody yet
    PRIMARY KEY (draw_id, group_id, other_id)
);

-- +goose Down
DROP TABLE draw_overlaps;
DROP TABLE draw_values;
DROP TABLE draw_pledges;
DROP TABLE draw_entries;
DROP TABLE draw_papers;
DROP TABLE draws;
