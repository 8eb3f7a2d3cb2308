-- Many people on one database: who may come in and until when, who sees whose accounts, how people of a messenger and
-- programs are known, and what each of them did. Who is an administrator is not written here: the configuration says so.
-- Undo: shares, vouchers, tokens, bans, ends of access, linked chats and the whole audit are lost.
-- Older daemons: go on, but know nothing of bans and ended access.

-- Up Migration
ALTER TABLE users
  ADD COLUMN access_until timestamptz,
  ADD COLUMN banned_at timestamptz,
  ADD COLUMN ban_reason text,
  ADD CONSTRAINT users_ban CHECK ((banned_at IS NULL) = (ban_reason IS NULL));
COMMENT ON COLUMN users.access_until IS 'From this moment on the user sees nothing and may do nothing; null: no end.';
COMMENT ON COLUMN users.banned_at IS 'Since when the user is banned; null for everybody else.';

CREATE VIEW active_users AS
SELECT id, name FROM users WHERE banned_at IS NULL AND (access_until IS NULL OR access_until > now());
COMMENT ON VIEW active_users IS 'Users who are let in: neither banned, nor has their access ended.';

CREATE TABLE account_grants (
  account_id bigint NOT NULL REFERENCES accounts (id),
  user_id bigint NOT NULL REFERENCES users (id),
  role text NOT NULL CHECK (role IN ('trader', 'viewer')),
  granted_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_id, user_id)
);
COMMENT ON TABLE account_grants IS 'Accounts that their owners share with others.';
COMMENT ON COLUMN account_grants.role IS 'trader: everything about tasks; viewer: reads only. The owner is the user of the account.';
CREATE INDEX account_grants_of_user ON account_grants (user_id);
CREATE INDEX accounts_of_user ON accounts (user_id);

CREATE VIEW account_access AS
SELECT accounts.id AS account_id, accounts.user_id, 'owner' AS role
FROM accounts JOIN active_users ON active_users.id = accounts.user_id
UNION ALL
SELECT account_grants.account_id, account_grants.user_id, account_grants.role
FROM account_grants JOIN active_users ON active_users.id = account_grants.user_id
WHERE account_grants.user_id <> (SELECT accounts.user_id FROM accounts WHERE accounts.id = account_grants.account_id);
COMMENT ON VIEW account_access IS 'Who sees which account, and as what. Users who are not let in see none.';

CREATE TABLE identities (
  kind text NOT NULL CHECK (kind IN ('telegram')),
  id text NOT NULL CHECK (id <> ''),
  user_id bigint NOT NULL REFERENCES users (id),
  linked_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (kind, id)
);
COMMENT ON TABLE identities IS 'By what a messenger calls a person, the user that the person is. One user may have several.';
CREATE INDEX identities_of_user ON identities (user_id);

CREATE TABLE vouchers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code_hash bytea NOT NULL UNIQUE,
  days integer NOT NULL CHECK (days > 0),
  uses_max integer NOT NULL CHECK (uses_max > 0),
  uses integer NOT NULL DEFAULT 0,
  user_id bigint REFERENCES users (id),
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  CHECK (uses BETWEEN 0 AND uses_max)
);
COMMENT ON TABLE vouchers IS 'Codes that let people in for a number of days. A code is shown once and stored as its SHA-256.';
COMMENT ON COLUMN vouchers.user_id IS 'Redeeming it links the person to this user; null: to a new user, or to the one the person is already.';
CREATE TABLE voucher_uses (
  voucher_id bigint NOT NULL REFERENCES vouchers (id),
  kind text NOT NULL,
  identity text NOT NULL,
  user_id bigint NOT NULL REFERENCES users (id),
  used_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (voucher_id, kind, identity)
);
COMMENT ON TABLE voucher_uses IS 'Who redeemed which voucher: nobody redeems one twice.';
CREATE TABLE voucher_attempts (
  kind text NOT NULL,
  identity text NOT NULL,
  failures integer NOT NULL,
  locked_until timestamptz,
  failed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (kind, identity)
);
COMMENT ON TABLE voucher_attempts IS 'Wrong codes of each person who tried some lately, and until when no code of theirs is looked at.';
CREATE INDEX voucher_attempts_by_age ON voucher_attempts (failed_at);

CREATE TABLE access_tokens (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id bigint NOT NULL REFERENCES users (id),
  name text NOT NULL CHECK (name <> ''),
  token_hash bytea NOT NULL UNIQUE,
  scope text NOT NULL CHECK (scope IN ('read', 'trade', 'manage')),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);
COMMENT ON TABLE access_tokens IS 'What programs are let in by, in the name of a user. A token is shown once and stored as its SHA-256.';
CREATE UNIQUE INDEX access_tokens_in_use ON access_tokens (user_id, name) WHERE revoked_at IS NULL;

CREATE TABLE audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  actor text NOT NULL CHECK (actor <> ''),
  came_from text NOT NULL,
  act text NOT NULL CHECK (act <> ''),
  account_id bigint,
  task_id text,
  user_id bigint,
  details json NOT NULL
);
COMMENT ON TABLE audit IS 'Every act of a person or a program that changed something, written in the transaction that did it.';
COMMENT ON COLUMN audit.actor IS 'Who: operator, or user: and the id of one.';
COMMENT ON COLUMN audit.came_from IS 'From where: a command line, a messenger with the id of the person there, a token.';
COMMENT ON COLUMN audit.user_id IS 'The user that the act is about; null when it is about none.';
COMMENT ON COLUMN audit.details IS 'What else is worth knowing, without secrets.';
CREATE INDEX audit_by_actor ON audit (actor, id);
CREATE INDEX audit_of_account ON audit (account_id, id) WHERE account_id IS NOT NULL;
CREATE INDEX audit_of_user ON audit (user_id, id) WHERE user_id IS NOT NULL;
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

-- Down Migration
DROP VIEW account_access;
DROP TABLE account_grants, identities, voucher_uses, vouchers, voucher_attempts, access_tokens, audit;
DROP FUNCTION refuse_audit_change();
DROP VIEW active_users;
DROP INDEX accounts_of_user;
ALTER TABLE users DROP CONSTRAINT users_ban, DROP COLUMN access_until, DROP COLUMN banned_at, DROP COLUMN ban_reason;
