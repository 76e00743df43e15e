-- +goose Up

-- What the fee of an entry's wish depends on, as reservations have it.
ALTER TABLE draw_entries ADD COLUMN asked TEXT NOT NULL DEFAULT '{}';
ALTER TABLE draw_entries ADD COLUMN loud BIGINT NOT NULL DEFAULT 0;

-- Wins that wait for the office.
CREATE INDEX draw_entries_blocked ON draw_entries (draw_id, id) WHERE outcome = 'blocked';

-- +goose Down
DROP INDEX draw_entries_blocked;
ALTER TABLE draw_entries DROP COLUMN loud;
ALTER TABLE draw_entries DROP COLUMN asked;
