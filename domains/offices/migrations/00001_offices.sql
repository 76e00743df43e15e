-- +goose Up

-- What the city says of itself: one row. name, office and hours are texts in
-- the ten languages (JSON).
CREATE TABLE city (
    id         BIGINT PRIMARY KEY CHECK (id = 1),
    version    BIGINT NOT NULL,
    name       TEXT NOT NULL,
    office     TEXT NOT NULL,             -- the office that answers
    phone      TEXT NOT NULL,
    hours      TEXT NOT NULL,             -- when it answers
    code       TEXT NOT NULL,             -- 全国地方公共団体コード, six digits with its check digit; '' unknown
    changed_at BIGINT NOT NULL,
    changed_by BIGINT NOT NULL
);

-- One row each time the audit log was verified.
CREATE TABLE verifications (
    id          {{id}},
    begun       BIGINT NOT NULL,
    ended       BIGINT NOT NULL,
    entries     BIGINT NOT NULL,
    checkpoints BIGINT NOT NULL,
    erased      BIGINT NOT NULL,
    problem     TEXT NOT NULL             -- one line of English for the operator; '' when the log is whole
);

-- +goose Down

DROP TABLE verifications;

DROP TABLE city;
