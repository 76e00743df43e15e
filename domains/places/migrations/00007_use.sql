-- +goose Up

-- How the day of use is run at a facility. Where there is no row nobody notes
-- arrivals, and nobody is a no-show for it.
CREATE TABLE use_places (
    facility_id {{id}} REFERENCES facilities (id),
    arrivals BIGINT NOT NULL,    -- 1: arrivals are noted here
    reports BIGINT NOT NULL,     -- 1: groups are asked for a report afterwards
    late BIGINT NOT NULL         -- minutes after the start when the list calls somebody late
);

-- The way to a room as the display at the entrance says it: 2階 → .
CREATE TABLE use_ways (
    room_id {{id}} REFERENCES rooms (id),
    way TEXT NOT NULL
);

-- What happened on the day of a reservation; a row is made by whatever happens
-- first.
CREATE TABLE uses (
    reservation_id {{id}} REFERENCES reservations (id),
    arrived_at BIGINT NOT NULL,  -- microseconds UTC; 0 not yet
    arrived_by BIGINT NOT NULL,
    headcount BIGINT NOT NULL,   -- people who came, as counted on arrival
    ended_at BIGINT NOT NULL,
    ended_by BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,    -- when the report was asked for; 0 never
    reminded_at BIGINT NOT NULL
);
CREATE INDEX uses_asked ON uses (asked_at, reservation_id) WHERE asked_at <> 0 AND reminded_at = 0;

-- A key or a piece of equipment with a tag that is scanned.
CREATE TABLE things (
    id {{id}},
    facility_id BIGINT NOT NULL REFERENCES facilities (id),
    room_id BIGINT NOT NULL,     -- 0: of the whole facility
    kind TEXT NOT NULL,          -- key or equipment
    name TEXT NOT NULL,
    extra TEXT NOT NULL,         -- key of the extra of the fees that it is; '' none
    code TEXT NOT NULL UNIQUE,   -- on its tag
    closed_at BIGINT NOT NULL    -- no longer handed out; 0 in use
);
CREATE INDEX things_facility ON things (facility_id, kind, name, id);

-- Who had a thing when. At most one has it at a time.
CREATE TABLE loans (
    id {{id}},
    thing_id BIGINT NOT NULL REFERENCES things (id),
    facility_id BIGINT NOT NULL,
    reservation_id BIGINT NOT NULL REFERENCES reservations (id),
    due_at BIGINT NOT NULL,      -- the end of the reservation when it was handed out
    out_at BIGINT NOT NULL,
    out_by BIGINT NOT NULL,
    back_at BIGINT NOT NULL,     -- 0: still out
    back_by BIGINT NOT NULL,
    told_at BIGINT NOT NULL      -- when the office was told that it is overdue
);
CREATE UNIQUE INDEX loans_out ON loans (thing_id) WHERE back_at = 0;
CREATE INDEX loans_due ON loans (due_at, id) WHERE back_at = 0 AND told_at = 0;
CREATE INDEX loans_facility ON loans (facility_id, due_at, id) WHERE back_at = 0;
CREATE INDEX loans_thing ON loans (thing_id, id);
CREATE INDEX loans_reservation ON loans (reservation_id);

-- Points for what hurts others. A reservation costs points of one kind once.
CREATE TABLE points (
    id {{id}},
    holder_id BIGINT NOT NULL,   -- the group, or the person alone
    person_id BIGINT NOT NULL,   -- who answered for it and was told
    reservation_id BIGINT NOT NULL,
    office_id BIGINT NOT NULL,
    kind TEXT NOT NULL,          -- no_show, late or unconfirmed
    points BIGINT NOT NULL,
    day TEXT NOT NULL,           -- civil date of the act
    suspension_id BIGINT NOT NULL, -- what they led to and were spent on; 0 none yet
    lifted_at BIGINT NOT NULL,
    lifted_by BIGINT NOT NULL,
    reason TEXT NOT NULL,        -- why they were lifted
    UNIQUE (reservation_id, kind)
);
CREATE INDEX points_holder ON points (holder_id, day, id);
CREATE INDEX points_person ON points (person_id) WHERE person_id <> 0;
CREATE INDEX points_suspension ON points (suspension_id) WHERE suspension_id <> 0;
CREATE INDEX points_office ON points (office_id, id);

-- Until when a holder neither books nor enters draws.
CREATE TABLE suspensions (
    id {{id}},
    holder_id BIGINT NOT NULL,
    day TEXT NOT NULL,           -- from
    until TEXT NOT NULL,         -- the last day
    needed BIGINT NOT NULL,      -- points that led to it, at the least
    lifted_at BIGINT NOT NULL
);
CREATE INDEX suspensions_holder ON suspensions (holder_id, until);
CREATE INDEX suspensions_until ON suspensions (until, holder_id) WHERE lifted_at = 0;

-- What a group says of its use afterwards.
CREATE TABLE use_reports (
    reservation_id {{id}} REFERENCES reservations (id),
    version BIGINT NOT NULL,
    started BIGINT NOT NULL,     -- minutes after midnight of the day of the reservation
    ended BIGINT NOT NULL,
    heads TEXT NOT NULL,         -- JSON: "age band/language" to people
    checks TEXT NOT NULL,        -- JSON: what was left as it should be
    note TEXT NOT NULL,
    filed_at BIGINT NOT NULL,
    filed_by BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- What was found broken; its photo is a file that belongs to it.
CREATE TABLE use_faults (
    id {{id}},
    reservation_id BIGINT NOT NULL REFERENCES reservations (id),
    room_id BIGINT NOT NULL,
    office_id BIGINT NOT NULL,
    what TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    settled_at BIGINT NOT NULL,
    settled_by BIGINT NOT NULL,
    outcome TEXT NOT NULL        -- what was done about it
);
CREATE INDEX use_faults_reservation ON use_faults (reservation_id, id);
CREATE INDEX use_faults_room ON use_faults (room_id, id);

-- +goose Down
DROP TABLE use_faults;
DROP TABLE use_reports;
DROP TABLE suspensions;
DROP TABLE points;
DROP TABLE loans;
DROP TABLE things;
DROP TABLE uses;
DROP TABLE use_ways;
DROP TABLE use_places;
