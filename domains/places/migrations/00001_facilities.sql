-- +goose Up

-- One row a building or ground. code is the local government's code and number
-- the id its open data gives; identity, made of both or of the folded name and
-- address, is what an import finds a facility again by.
CREATE TABLE facilities (
    id {{id}},
    version BIGINT NOT NULL,
    identity TEXT NOT NULL UNIQUE,
    name_key TEXT NOT NULL,      -- folded name and address: finds it where a list has no ids
    code TEXT NOT NULL,
    number TEXT NOT NULL,
    name TEXT NOT NULL,          -- i18n.Text
    kana TEXT NOT NULL,
    description TEXT NOT NULL,   -- i18n.Text
    address TEXT NOT NULL,
    building TEXT NOT NULL,
    town TEXT NOT NULL,
    postal_code TEXT NOT NULL,
    lat DOUBLE PRECISION NOT NULL,  -- degrees WGS 84; 0 and 0 when unknown
    lng DOUBLE PRECISION NOT NULL,
    phone TEXT NOT NULL,
    phone_note TEXT NOT NULL,
    mail TEXT NOT NULL,
    url TEXT NOT NULL,
    days TEXT NOT NULL,          -- days of use as the office wrote them
    opens BIGINT NOT NULL,       -- minutes after midnight; -1 when unknown
    closes BIGINT NOT NULL,
    hours_note TEXT NOT NULL,
    access TEXT NOT NULL,        -- JSON: accessibility column to value
    extra TEXT NOT NULL,         -- JSON: columns of an import that we do not know
    office_id BIGINT NOT NULL,   -- the office that answers for it; 0 when none
    programme_id BIGINT NOT NULL, -- what lending it belongs to; 0 when none
    bookable BIGINT NOT NULL,    -- has rooms that residents book here
    sort_key TEXT NOT NULL,      -- folded kana or name
    closed_at BIGINT NOT NULL,   -- 0 while in use
    changed_at BIGINT NOT NULL
);
CREATE INDEX facilities_name_key ON facilities (name_key);
CREATE INDEX facilities_town ON facilities (town, sort_key, id);
CREATE INDEX facilities_sort ON facilities (sort_key, id);
CREATE INDEX facilities_bookable ON facilities (bookable, sort_key, id);

-- A place inside a facility that is let. bands is a JSON list of [from, to] in
-- minutes; an empty list means any quarter hours between opens and closes.
CREATE TABLE rooms (
    id {{id}},
    version BIGINT NOT NULL,
    facility_id BIGINT NOT NULL REFERENCES facilities (id),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,          -- i18n.Text
    note TEXT NOT NULL,          -- i18n.Text: what to know before booking
    capacity BIGINT NOT NULL,    -- people
    area BIGINT NOT NULL,        -- square metres; 0 when unknown
    step_free BIGINT NOT NULL,
    equipment TEXT NOT NULL,     -- JSON list of equipment keys
    bands TEXT NOT NULL,
    opens BIGINT NOT NULL,       -- minutes after midnight
    closes BIGINT NOT NULL,
    approval BIGINT NOT NULL,    -- a clerk decides each reservation
    fee_yen BIGINT NOT NULL,     -- a band, or an hour of free time
    loud BIGINT NOT NULL,        -- music and dance are allowed
    sort BIGINT NOT NULL,
    closed_at BIGINT NOT NULL,
    UNIQUE (facility_id, slug)
);
CREATE INDEX rooms_facility ON rooms (facility_id, sort, id);
CREATE INDEX rooms_capacity ON rooms (closed_at, step_free, capacity);

-- When a facility, or one room of it, is not let. weekday 0 is Sunday; -1 none.
-- rule: weekly, date (from day to until, both included), yearly (the same by
-- month and day, every year), holiday, and sunday: on holidays the weekly rules
-- of Sundays hold. starts and ends are minutes after midnight; 0 and 1440 is the
-- whole day.
CREATE TABLE closures (
    id {{id}},
    facility_id BIGINT NOT NULL REFERENCES facilities (id),
    room_id BIGINT NOT NULL,     -- 0: the whole facility
    rule TEXT NOT NULL,
    weekday BIGINT NOT NULL,
    nth BIGINT NOT NULL,         -- weekly: the nth of the month; 0 every week
    day TEXT NOT NULL,
    until TEXT NOT NULL,
    starts BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    reason TEXT NOT NULL         -- i18n.Text
);
CREATE INDEX closures_facility ON closures (facility_id, rule, day);

-- +goose Down
DROP TABLE closures;
DROP TABLE rooms;
DROP TABLE facilities;
