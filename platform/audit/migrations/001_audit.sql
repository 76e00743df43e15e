-- +goose Up

-- What was committed and not sealed yet. No index but the key: this insert is
-- part of every change.
CREATE TABLE audit_pending (
    id {{id}},
    at BIGINT NOT NULL,
    actor BIGINT NOT NULL,
    behalf BIGINT NOT NULL,
    via TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    person BIGINT NOT NULL,
    detail TEXT NOT NULL
);

-- The sealed entries; seq is the place in the tree, without gaps from 0.
CREATE TABLE audit_entries (
    seq {{id}},
    id BIGINT NOT NULL UNIQUE,
    at BIGINT NOT NULL,
    actor BIGINT NOT NULL,
    behalf BIGINT NOT NULL,
    via TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    person BIGINT NOT NULL,
    detail TEXT NOT NULL,
    salt {{bytes}} NOT NULL,
    detail_hash {{bytes}} NOT NULL,
    erased_at BIGINT NOT NULL
);
CREATE INDEX audit_entries_person ON audit_entries (person, id) WHERE person <> 0;
CREATE INDEX audit_entries_subject ON audit_entries (subject_id, id);
CREATE INDEX audit_entries_actor ON audit_entries (actor, id);

-- The tree's stored hashes (RFC 6962 nodes in the order of tlog), in blocks of
-- up to 256 times 32 bytes; first is the index of the block's first hash.
CREATE TABLE audit_hashes (
    first {{id}},
    hashes {{bytes}} NOT NULL
);

-- The signed roots. A row's size is the number of entries it covers.
CREATE TABLE audit_roots (
    size {{id}},
    at BIGINT NOT NULL,
    note TEXT NOT NULL
);

-- One row: how far the tree has grown. Whoever seals takes this row first.
CREATE TABLE audit_tree (
    id {{id}},
    size BIGINT NOT NULL
);
INSERT INTO audit_tree (id, size) VALUES (1, 0);

-- +goose Down
DROP TABLE audit_tree;
DROP TABLE audit_roots;
DROP TABLE audit_hashes;
DROP TABLE audit_entries;
DROP TABLE audit_pending;
