-- +goose Up

-- A district (地区) is a set of towns; a town lies in one district at most.
-- Towns are written as in package town.
CREATE TABLE districts (
    id {{id}},
    name TEXT NOT NULL,
    sort BIGINT NOT NULL
);
CREATE TABLE district_towns (
    town TEXT PRIMARY KEY,
    district_id BIGINT NOT NULL REFERENCES districts (id)
);

-- name, about, meets and wants are texts in languages. sort_key is hexadecimal,
-- so that every collation orders it by its bytes; fold is what a search looks in.
-- langs is ",ja,en,". registered_until is empty for what needs no renewal.
CREATE TABLE groups (
    id {{id}},
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    name TEXT NOT NULL,
    kana TEXT NOT NULL,
    about TEXT NOT NULL,
    meets TEXT NOT NULL,
    wants TEXT NOT NULL,
    langs TEXT NOT NULL,
    town TEXT NOT NULL,
    site TEXT NOT NULL,
    contact TEXT NOT NULL,
    rules TEXT NOT NULL,
    listed BIGINT NOT NULL,
    registered_from TEXT NOT NULL,
    registered_until TEXT NOT NULL,
    reminded BIGINT NOT NULL,
    sort_key TEXT NOT NULL,
    fold TEXT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL
);
CREATE INDEX groups_sort ON groups (sort_key, id);
CREATE INDEX groups_kind ON groups (kind, sort_key, id);
CREATE INDEX groups_until ON groups (registered_until);

-- person_id is 0 for a member who is known by name only. match_key is how an
-- import knows a row again. left_on is empty while somebody is a member; rows
-- are never deleted while the group lives.
CREATE TABLE memberships (
    id {{id}},
    group_id BIGINT NOT NULL REFERENCES groups (id),
    person_id BIGINT NOT NULL,
    number TEXT NOT NULL,
    name TEXT NOT NULL,
    kana TEXT NOT NULL,
    town TEXT NOT NULL,
    tie TEXT NOT NULL,
    note TEXT NOT NULL,
    joined TEXT NOT NULL,
    left_on TEXT NOT NULL,
    match_key TEXT NOT NULL,
    sort_key TEXT NOT NULL,
    changed BIGINT NOT NULL
);
CREATE UNIQUE INDEX memberships_now ON memberships (group_id, match_key) WHERE left_on = '';
CREATE INDEX memberships_group ON memberships (group_id, sort_key, id);
CREATE INDEX memberships_person ON memberships (person_id);

-- Who held which office of the group over which term, whether or not they have
-- an account. Both days are included; ended_on is the first day on which a term
-- that was cut short counted no more.
CREATE TABLE terms (
    id {{id}},
    group_id BIGINT NOT NULL REFERENCES groups (id),
    member_id BIGINT NOT NULL REFERENCES memberships (id),
    role TEXT NOT NULL,
    since TEXT NOT NULL,
    until TEXT NOT NULL,
    ended_on TEXT NOT NULL
);
CREATE INDEX terms_group ON terms (group_id, since);
CREATE INDEX terms_member ON terms (member_id);

-- One application of a group, new or for renewal, and what became of it.
CREATE TABLE registrations (
    id {{id}},
    group_id BIGINT NOT NULL REFERENCES groups (id),
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    receipt TEXT NOT NULL,
    office_id BIGINT NOT NULL,
    applicant BIGINT NOT NULL,
    members BIGINT NOT NULL,
    residents BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    due TEXT NOT NULL,
    decided_at BIGINT NOT NULL,
    decided_by BIGINT NOT NULL,
    reasons TEXT NOT NULL,
    note TEXT NOT NULL,
    valid_until TEXT NOT NULL
);
CREATE INDEX registrations_group ON registrations (group_id, id);
CREATE INDEX registrations_applicant ON registrations (applicant);
CREATE UNIQUE INDEX registrations_receipt ON registrations (receipt) WHERE receipt <> '';

-- What each kind of group must show, and which office decides; 0 is the first
-- office there is. resident_percent counts who lives, works or studies here.
CREATE TABLE registration_rules (
    kind TEXT PRIMARY KEY,
    min_members BIGINT NOT NULL,
    resident_percent BIGINT NOT NULL,
    valid_months BIGINT NOT NULL,
    papers BIGINT NOT NULL,
    office_id BIGINT NOT NULL
);
INSERT INTO registration_rules (kind, min_members, resident_percent, valid_months, papers, office_id) VALUES
    ('association', 10, 100, 24, 1, 0),
    ('npo', 10, 50, 24, 1, 0),
    ('civic', 5, 50, 24, 1, 0),
    ('student', 5, 50, 24, 0, 0),
    ('company', 1, 0, 24, 0, 0),
    ('school', 1, 0, 24, 0, 0),
    ('senior_club', 10, 100, 24, 1, 0),
    ('disaster_org', 10, 100, 24, 1, 0),
    ('office', 0, 0, 0, 0, 0);

-- A member list that was uploaded and waits for its preview to be confirmed.
CREATE TABLE member_imports (
    id {{id}},
    group_id BIGINT NOT NULL REFERENCES groups (id),
    person_id BIGINT NOT NULL,
    body TEXT NOT NULL,
    created BIGINT NOT NULL
);

-- +goose Down
DROP TABLE member_imports;
DROP TABLE registration_rules;
DROP TABLE registrations;
DROP TABLE terms;
DROP TABLE memberships;
DROP TABLE groups;
DROP TABLE district_towns;
DROP TABLE districts;
