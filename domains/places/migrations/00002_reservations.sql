-- +goose Up

-- Which quarter hours of a room's day are taken: bit n of am is the nth quarter
-- hour from midnight, bit n of pm from noon. A reservation takes its bits with
-- one statement that fails when any is taken already; see quarter/doc.go.
CREATE TABLE room_days (
    room_id BIGINT NOT NULL REFERENCES rooms (id),
    day TEXT NOT NULL,
    am BIGINT NOT NULL,
    pm BIGINT NOT NULL,
    PRIMARY KEY (room_id, day)
) {{keyed}};
CREATE INDEX room_days_day ON room_days (day, room_id);

-- How many live reservations a group or person holds on a day, so that the
-- limit of a day is decided by one statement too.
CREATE TABLE holder_days (
    holder_id BIGINT NOT NULL,   -- group_id, or person_id of a person alone
    day TEXT NOT NULL,
    held BIGINT NOT NULL,
    PRIMARY KEY (holder_id, day)
) {{keyed}};

CREATE TABLE series (
    id {{id}},
    rule TEXT NOT NULL,          -- JSON: how often, until when
    made_by BIGINT NOT NULL,
    made_at BIGINT NOT NULL
);

CREATE TABLE reservations (
    id {{id}},
    version BIGINT NOT NULL,
    receipt TEXT NOT NULL UNIQUE,
    room_id BIGINT NOT NULL REFERENCES rooms (id),
    day TEXT NOT NULL,           -- civil date of the start, in Tokyo
    starts_at BIGINT NOT NULL,   -- microseconds UTC, whole quarter hours
    ends_at BIGINT NOT NULL,
    state TEXT NOT NULL,         -- requested, confirmed, refused, cancelled, used, no_show
    group_id BIGINT NOT NULL,    -- 0: for the person alone
    person_id BIGINT NOT NULL,   -- who answers for it and gets the mails
    programme_id BIGINT NOT NULL,
    office_id BIGINT NOT NULL,
    purpose TEXT NOT NULL,
    headcount BIGINT NOT NULL,
    public_title TEXT NOT NULL,  -- i18n.Text; {} when not open to all
    series_id BIGINT NOT NULL,   -- 0: on its own
    made_by BIGINT NOT NULL,     -- the clerk or officer in case of 代理入力, else person_id
    made_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    reason TEXT NOT NULL         -- of a refusal or cancellation
);
CREATE INDEX reservations_room ON reservations (room_id, day, starts_at);
CREATE INDEX reservations_day ON reservations (day, starts_at, id);
CREATE INDEX reservations_person ON reservations (person_id, starts_at, id);
CREATE INDEX reservations_group ON reservations (group_id, day) WHERE group_id <> 0;
CREATE INDEX reservations_series ON reservations (series_id) WHERE series_id <> 0;
CREATE INDEX reservations_public ON reservations (ends_at, id) WHERE public_title <> '{}';

-- A private calendar's secret address, as its hash; revoked by deleting.
CREATE TABLE calendar_links (
    hash {{bytes}} PRIMARY KEY,
    person_id BIGINT NOT NULL,
    made_at BIGINT NOT NULL
);
CREATE INDEX calendar_links_person ON calendar_links (person_id);

-- +goose Down
DROP TABLE calendar_links;
DROP TABLE reservations;
DROP TABLE series;
DROP TABLE holder_days;
DROP TABLE room_days;
