-- +goose Up

-- A cell is what can be had by one reservation at a time: a room that has no
-- parts, each part of one that has, and the quiet that a loud room would take
-- from its neighbour. A reservation takes the bits of all its cells or of none;
-- see docs/adr/room-time.md.
CREATE TABLE cell_days (
    cell_id BIGINT NOT NULL,     -- a room, or a disturbance
    day TEXT NOT NULL,
    am BIGINT NOT NULL,          -- bit n: the nth quarter hour from midnight
    pm BIGINT NOT NULL,          -- from noon
    PRIMARY KEY (cell_id, day)
) {{keyed}};
INSERT INTO cell_days (cell_id, day, am, pm) SELECT room_id, day, am, pm FROM room_days;
CREATE INDEX cell_days_day ON cell_days (day, cell_id);
DROP TABLE room_days;

-- The parts of a room that is let whole or in part; a part has no parts.
CREATE TABLE room_parts (
    room_id BIGINT NOT NULL REFERENCES rooms (id),
    part_id BIGINT NOT NULL REFERENCES rooms (id),
    PRIMARY KEY (room_id, part_id)
) {{keyed}};

-- A loud use of the room disturbs any use of the other.
CREATE TABLE disturbances (
    id {{id}},
    room_id BIGINT NOT NULL REFERENCES rooms (id),
    other_id BIGINT NOT NULL REFERENCES rooms (id),
    UNIQUE (room_id, other_id)
);

-- class is what rules call rooms of a kind by: hall, meeting, studio.
ALTER TABLE rooms ADD COLUMN class TEXT NOT NULL DEFAULT '';

-- kind: use, official (公用) or maintenance. due_at is until when an offered one
-- is held, or when the time of a resting one is let again; 0 for others. source
-- and source_id say what it came from: a draw, a waiting list. asked is JSON:
-- what the applicant said that the fee depends on.
ALTER TABLE reservations ADD COLUMN kind TEXT NOT NULL DEFAULT 'use';
ALTER TABLE reservations ADD COLUMN loud BIGINT NOT NULL DEFAULT 0;
ALTER TABLE reservations ADD COLUMN due_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE reservations ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE reservations ADD COLUMN source_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE reservations ADD COLUMN asked TEXT NOT NULL DEFAULT '{}';
CREATE INDEX reservations_due ON reservations (due_at, id) WHERE due_at <> 0;
CREATE INDEX reservations_source ON reservations (source, source_id) WHERE source_id <> 0;

-- +goose Down
DROP INDEX reservations_source;
DROP INDEX reservations_due;
ALTER TABLE reservations DROP COLUMN asked;
ALTER TABLE reservations DROP COLUMN source_id;
ALTER TABLE reservations DROP COLUMN source;
ALTER TABLE reservations DROP COLUMN due_at;
ALTER TABLE reservations DROP COLUMN loud;
ALTER TABLE reservations DROP COLUMN kind;
ALTER TABLE rooms DROP COLUMN class;
DROP TABLE disturbances;
DROP TABLE room_parts;
CREATE TABLE room_days (
    room_id BIGINT NOT NULL REFERENCES rooms (id),
    day TEXT NOT NULL,
    am BIGINT NOT NULL,
    pm BIGINT NOT NULL,
    PRIMARY KEY (room_id, day)
) {{keyed}};
INSERT INTO room_days (room_id, day, am, pm) SELECT cell_id, day, am, pm FROM cell_days WHERE cell_id IN (SELECT id FROM rooms);
CREATE INDEX room_days_day ON room_days (day, room_id);
DROP TABLE cell_days;
