-- +goose Up

-- One row a person. mail, phone, birth and address are sealed; *_index are
-- blind indexes, for looking up a whole value without opening any.
CREATE TABLE persons (
    id {{id}},
    version BIGINT NOT NULL,
    name TEXT NOT NULL,
    kana TEXT NOT NULL,
    roman TEXT NOT NULL,
    alias TEXT NOT NULL,
    langs TEXT NOT NULL,
    town TEXT NOT NULL,
    furigana BIGINT NOT NULL,
    text_size TEXT NOT NULL,
    contrast BIGINT NOT NULL,
    calm BIGINT NOT NULL,
    paper BIGINT NOT NULL,
    account BIGINT NOT NULL,
    mail {{bytes}},
    mail_index {{bytes}},
    phone {{bytes}},
    phone_index {{bytes}},
    birth {{bytes}},
    address {{bytes}},
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    closed BIGINT NOT NULL
);
-- An address signs in one person; a family may share it where nobody signs in.
CREATE UNIQUE INDEX persons_account_mail ON persons (mail_index) WHERE account = 1;
CREATE INDEX persons_mail ON persons (mail_index);
CREATE INDEX persons_phone ON persons (phone_index);

-- What a person can be found by: each name folded, whole and from each word
-- on. Hexadecimal, so that every collation orders the keys by their bytes.
CREATE TABLE person_names (
    fold TEXT NOT NULL,
    person_id BIGINT NOT NULL REFERENCES persons (id),
    PRIMARY KEY (fold, person_id)
);
CREATE INDEX person_names_person ON person_names (person_id);

-- A person holds a role for a scope from one day to another, both included.
-- Rows are ended, never deleted.
CREATE TABLE posts (
    id {{id}},
    person_id BIGINT NOT NULL REFERENCES persons (id),
    role TEXT NOT NULL,
    scope_kind TEXT NOT NULL,
    scope_id BIGINT NOT NULL,
    since TEXT NOT NULL,
    until TEXT NOT NULL,
    reason TEXT NOT NULL,
    given_by BIGINT NOT NULL,
    given_at BIGINT NOT NULL,
    ended_by BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    end_reason TEXT NOT NULL
);
CREATE INDEX posts_person ON posts (person_id);
CREATE INDEX posts_scope ON posts (scope_kind, scope_id, role);

-- A guardian and a child. guardian_id is 0 while only asked for; the day it
-- ends by itself is reckoned from the child's sealed birth date each time.
CREATE TABLE guardianships (
    id {{id}},
    child_id BIGINT NOT NULL REFERENCES persons (id),
    guardian_id BIGINT NOT NULL,
    relation TEXT NOT NULL,
    asked_hash {{bytes}},
    asked_until BIGINT NOT NULL,
    created BIGINT NOT NULL,
    consented BIGINT NOT NULL,
    confirmed_by BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    ended_by BIGINT NOT NULL
);
CREATE UNIQUE INDEX guardianships_asked ON guardianships (asked_hash);
CREATE INDEX guardianships_child ON guardianships (child_id);
CREATE INDEX guardianships_guardian ON guardianships (guardian_id);

-- A member lets an officer of a group act for them until a day.
CREATE TABLE proxies (
    id {{id}},
    member_id BIGINT NOT NULL REFERENCES persons (id),
    officer_id BIGINT NOT NULL REFERENCES persons (id),
    scope_kind TEXT NOT NULL,
    scope_id BIGINT NOT NULL,
    until TEXT NOT NULL,
    given TEXT NOT NULL,
    recorded_by BIGINT NOT NULL,
    created BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    ended_by BIGINT NOT NULL
);
CREATE INDEX proxies_member ON proxies (member_id);
CREATE INDEX proxies_officer ON proxies (officer_id);

-- One try to sign in by mail, or, with person_id, to prove a new address; until
-- it is used or over. Whoever reads the table learns neither code nor token,
-- nor whose mail it is.
CREATE TABLE sign_in_codes (
    id {{id}},
    flow_hash {{bytes}} NOT NULL,
    code_hash {{bytes}} NOT NULL,
    mail {{bytes}},
    person_id BIGINT NOT NULL,
    next TEXT NOT NULL,
    state TEXT NOT NULL,
    tries BIGINT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE UNIQUE INDEX sign_in_codes_flow ON sign_in_codes (flow_hash);
CREATE INDEX sign_in_codes_expires ON sign_in_codes (expires);

-- What must be remembered between the two halves of a passkey or OIDC sign-in.
CREATE TABLE ceremonies (
    hash {{bytes}} PRIMARY KEY,
    kind TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    data TEXT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX ceremonies_expires ON ceremonies (expires);

CREATE TABLE passkeys (
    id {{id}},
    person_id BIGINT NOT NULL REFERENCES persons (id),
    credential_id {{bytes}} NOT NULL,
    label TEXT NOT NULL,
    data {{bytes}} NOT NULL,
    created BIGINT NOT NULL,
    used BIGINT NOT NULL
);
CREATE UNIQUE INDEX passkeys_credential ON passkeys (credential_id);
CREATE INDEX passkeys_person ON passkeys (person_id);

-- Who a person is at a sign-in service (OIDC Core 1.0, section 2: iss and sub
-- together name one person for ever).
CREATE TABLE identities (
    id {{id}},
    person_id BIGINT NOT NULL REFERENCES persons (id),
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    created BIGINT NOT NULL,
    used BIGINT NOT NULL
);
CREATE UNIQUE INDEX identities_subject ON identities (issuer, subject);
CREATE INDEX identities_person ON identities (person_id);

-- Personal tokens for the API; only a hash is kept.
CREATE TABLE tokens (
    id {{id}},
    person_id BIGINT NOT NULL REFERENCES persons (id),
    label TEXT NOT NULL,
    hash {{bytes}} NOT NULL,
    scopes TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE UNIQUE INDEX tokens_hash ON tokens (hash);
CREATE INDEX tokens_person ON tokens (person_id);

-- Who is who in the demo city, for its one-click sign-in; empty anywhere else.
CREATE TABLE demo_people (
    name TEXT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES persons (id)
);

-- +goose Down
DROP TABLE demo_people;
DROP TABLE tokens;
DROP TABLE identities;
DROP TABLE passkeys;
DROP TABLE ceremonies;
DROP TABLE sign_in_codes;
DROP TABLE proxies;
DROP TABLE guardianships;
DROP TABLE posts;
DROP TABLE person_names;
DROP TABLE persons;
