-- +goose Up

-- hash and thumb name blobs in the data folder; size, width and height are
-- those of the kept bytes.
CREATE TABLE files (
    id {{id}},
    owner BIGINT NOT NULL,
    name TEXT NOT NULL,
    mime TEXT NOT NULL,
    size BIGINT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    hash TEXT NOT NULL,
    thumb TEXT NOT NULL,
    thumb_mime TEXT NOT NULL,
    alt TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX files_owner ON files (owner, id);
CREATE INDEX files_hash ON files (hash);
CREATE INDEX files_thumb ON files (thumb);

-- +goose Down
DROP TABLE files;
