-- +goose Up

-- Who waits for a room's time. Those who asked while the time rested (rested 1)
-- come after those who asked before, in the order of their lots.
CREATE TABLE waits (
    id {{id}},
    room_id BIGINT NOT NULL REFERENCES rooms (id),
    office_id BIGINT NOT NULL,   -- of the facility
    day TEXT NOT NULL,           -- civil date of the start, in Tokyo
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    holder_id BIGINT NOT NULL,   -- group_id, or person_id of a person alone
    group_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    purpose TEXT NOT NULL,
    headcount BIGINT NOT NULL,
    state TEXT NOT NULL,         -- waiting, offered, taken, passed, left
    rested BIGINT NOT NULL,
    lot BIGINT NOT NULL,         -- random among the rested, else 0
    made_by BIGINT NOT NULL,
    made_at BIGINT NOT NULL
);
CREATE INDEX waits_line ON waits (room_id, day, rested, lot, id) WHERE state = 'waiting';
CREATE UNIQUE INDEX waits_once ON waits (holder_id, room_id, starts_at, ends_at) WHERE state IN ('waiting', 'offered');
CREATE INDEX waits_person ON waits (person_id, id);
CREATE INDEX waits_group ON waits (group_id, id) WHERE group_id <> 0;
CREATE INDEX waits_office ON waits (office_id, day, id) WHERE state IN ('waiting', 'offered');

-- Time that was given back: who shall not have it again by the list, and the
-- published window in which it is let again. The moment itself stands only in
-- the resting reservation.
CREATE TABLE returns (
    id {{id}},
    room_id BIGINT NOT NULL REFERENCES rooms (id),
    day TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    holder_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    from_at BIGINT NOT NULL,     -- of the window; both 0 when it did not rest
    until_at BIGINT NOT NULL
);
CREATE INDEX returns_room ON returns (room_id, day, id);

-- A block is official use or maintenance of some rooms on some days.
CREATE TABLE blocks (
    id {{id}},
    office_id BIGINT NOT NULL,
    kind TEXT NOT NULL,          -- official, maintenance
    reason TEXT NOT NULL,
    made_by BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    removed_at BIGINT NOT NULL,  -- 0: stands
    last_day TEXT NOT NULL
);
CREATE INDEX blocks_office ON blocks (office_id, last_day, id);

-- The times of a block. reservation_id is what takes the time; 0 until it does.
CREATE TABLE block_times (
    block_id BIGINT NOT NULL REFERENCES blocks (id),
    room_id BIGINT NOT NULL REFERENCES rooms (id),
    day TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    reservation_id BIGINT NOT NULL,
    made_by BIGINT NOT NULL,
    PRIMARY KEY (block_id, room_id, starts_at)
) {{keyed}};
CREATE INDEX block_times_open ON block_times (made_by) WHERE reservation_id = 0;

-- Reservations that had to give way, and what was held in their place.
CREATE TABLE displaced (
    reservation_id BIGINT NOT NULL PRIMARY KEY,
    block_id BIGINT NOT NULL REFERENCES blocks (id),
    offered_id BIGINT NOT NULL,  -- a reservation; 0 none
    told BIGINT NOT NULL         -- 1: its holder was written to
) {{keyed}};
CREATE INDEX displaced_block ON displaced (block_id, reservation_id);

-- +goose Down
DROP TABLE displaced;
DROP TABLE block_times;
DROP TABLE blocks;
DROP TABLE returns;
DROP TABLE waits;
