-- +goose Up

-- due is '9999-12-31' when nothing presses, so that one order serves all;
-- closed_at is 0 while open. search holds the folded words of the title.
CREATE TABLE inbox_items (
    id {{id}},
    office BIGINT NOT NULL,
    kind TEXT NOT NULL,
    subject BIGINT NOT NULL,
    key TEXT NOT NULL,
    args TEXT NOT NULL,
    due TEXT NOT NULL,
    link TEXT NOT NULL,
    assignee BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    search TEXT NOT NULL
);
-- A subject waits at most once for each kind.
CREATE UNIQUE INDEX inbox_items_open ON inbox_items (kind, subject) WHERE closed_at = 0;
-- The list and the counts of an office, however much was closed.
CREATE INDEX inbox_items_waiting ON inbox_items (office, due, id, assignee) WHERE closed_at = 0;
-- The same for what an office has closed.
CREATE INDEX inbox_items_done ON inbox_items (office, due, id) WHERE closed_at > 0;

-- +goose Down
DROP TABLE inbox_items;
