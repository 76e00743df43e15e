-- +goose Up

-- One row a job that waits, runs or is dead; a finished job leaves no row.
CREATE TABLE jobs (
    id         {{id}},
    kind       TEXT NOT NULL,
    args       TEXT NOT NULL,             -- JSON
    unique_key TEXT NOT NULL,             -- '' or what Unique was given
    due        BIGINT NOT NULL,           -- when it may be claimed; while it runs, when its claim ends
    claim      BIGINT NOT NULL DEFAULT 0, -- whose it is while it runs
    again      BIGINT NOT NULL DEFAULT 0, -- 1: asked for once more while it ran
    tries      BIGINT NOT NULL DEFAULT 0, -- begun
    max_tries  BIGINT NOT NULL,
    dead       BIGINT NOT NULL DEFAULT 0, -- since when; 0 while it lives
    error      TEXT NOT NULL DEFAULT ''   -- of the last try
);

CREATE INDEX jobs_due ON jobs (due) WHERE dead = 0;

CREATE UNIQUE INDEX jobs_unique ON jobs (kind, unique_key) WHERE unique_key <> '' AND dead = 0;

CREATE INDEX jobs_dead ON jobs (id) WHERE dead <> 0;

-- The last turn that each schedule started.
CREATE TABLE job_schedules (
    name TEXT PRIMARY KEY,
    turn BIGINT NOT NULL
);

-- +goose Down

DROP TABLE job_schedules;

DROP TABLE jobs;
