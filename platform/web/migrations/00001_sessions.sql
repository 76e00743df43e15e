-- +goose Up
CREATE TABLE web_sessions (
    id {{id}},
    token {{bytes}} NOT NULL UNIQUE,
    person BIGINT NOT NULL,
    on_behalf_of BIGINT NOT NULL,
    on_behalf_name TEXT NOT NULL,
    device TEXT NOT NULL,
    created BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX web_sessions_person ON web_sessions (person);
CREATE INDEX web_sessions_expires ON web_sessions (expires);

CREATE TABLE web_drafts (
    token {{bytes}} PRIMARY KEY,
    person BIGINT NOT NULL,
    sealed {{bytes}} NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX web_drafts_expires ON web_drafts (expires);

CREATE TABLE web_limits (
    bucket {{bytes}} NOT NULL,
    slot BIGINT NOT NULL,
    used BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    PRIMARY KEY (bucket, slot)
);
CREATE INDEX web_limits_expires ON web_limits (expires);

-- +goose Down
DROP TABLE web_limits;
DROP TABLE web_drafts;
DROP TABLE web_sessions;
