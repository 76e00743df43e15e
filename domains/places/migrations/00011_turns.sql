-- +goose Up

-- layout counts how often the rooms of the facility came to stand otherwise to
-- one another. Whoever takes or gives back a room's time reads it with the row in
-- hand, so that no booking meets cells that a clerk is just changing.
ALTER TABLE rooms ADD COLUMN layout BIGINT NOT NULL DEFAULT 0;

-- Who holds an offer of a waiting list, once each: the row decides between two
-- times that are given back at one instant.
CREATE TABLE wait_turns (
    holder_id BIGINT NOT NULL PRIMARY KEY, -- a group, or a person alone
    wait_id BIGINT NOT NULL REFERENCES waits (id)
) {{keyed}};
CREATE INDEX wait_turns_wait ON wait_turns (wait_id);
INSERT INTO wait_turns (holder_id, wait_id) SELECT holder_id, MIN(id) FROM waits WHERE state = 'offered' GROUP BY holder_id;

-- +goose Down
DROP TABLE wait_turns;
ALTER TABLE rooms DROP COLUMN layout;
