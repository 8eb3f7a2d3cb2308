-- Halting trading: what people have halted, what follows from bans and ended access, and what each daemon has put into force.
-- Undo: halts and limits are lost: what was halted trades again. Lift them, or pause the tasks, before.
-- Older daemons: go on, but follow no halt and no limit: halt nothing before they have stopped.

-- Up Migration
CREATE TABLE halts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_id bigint REFERENCES accounts (id),
  user_id bigint REFERENCES users (id),
  by_operator boolean NOT NULL,
  halted_by text NOT NULL CHECK (halted_by <> ''),
  reason text,
  halted_at timestamptz NOT NULL DEFAULT now(),
  lifted_by text,
  lifted_at timestamptz,
  CHECK (account_id IS NULL OR user_id IS NULL),
  CHECK ((lifted_by IS NULL) = (lifted_at IS NULL))
);
COMMENT ON TABLE halts IS 'What people have halted: one account, the accounts of one user, or everything; also what was lifted since.';
COMMENT ON COLUMN halts.by_operator IS 'Halted by the operator or an administrator: users cannot lift it.';
CREATE UNIQUE INDEX halts_in_force_once ON halts (coalesce(account_id, 0), coalesce(user_id, 0), by_operator)
  WHERE lifted_at IS NULL;

CREATE VIEW standing_halts AS
SELECT 'halt:' || id AS id, 'halt' AS cause,
  CASE WHEN account_id IS NOT NULL THEN 'account' WHEN user_id IS NOT NULL THEN 'user' ELSE 'everything' END AS scope,
  account_id, user_id,
  coalesce((SELECT name FROM users WHERE 'user:' || users.id = halted_by), halted_by) AS by, reason, halted_at AS since
FROM halts WHERE lifted_at IS NULL
UNION ALL
SELECT 'banned:' || id || ':' || extract(epoch FROM banned_at), 'banned', 'user', NULL, id, NULL, ban_reason, banned_at
FROM users WHERE banned_at IS NOT NULL AND EXISTS (SELECT FROM accounts WHERE accounts.user_id = users.id)
UNION ALL
SELECT 'accessEnded:' || id || ':' || extract(epoch FROM access_until), 'accessEnded', 'user', NULL, id, NULL, NULL, access_until
FROM users WHERE access_until <= now() AND banned_at IS NULL
  AND EXISTS (SELECT FROM accounts WHERE accounts.user_id = users.id);
COMMENT ON VIEW standing_halts IS 'Everything that halts trading now, whatever the cause; without account and user it is everything.';

CREATE VIEW account_halts AS
SELECT accounts.id AS halted_account_id, standing_halts.* FROM accounts JOIN standing_halts
  ON (standing_halts.account_id IS NULL OR standing_halts.account_id = accounts.id)
  AND (standing_halts.user_id IS NULL OR standing_halts.user_id = accounts.user_id);
COMMENT ON VIEW account_halts IS 'Which accounts are halted, and by what.';

CREATE TABLE halts_in_force (
  account_id bigint PRIMARY KEY REFERENCES accounts (id),
  owner text NOT NULL,
  halts text[] NOT NULL,
  noted_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE halts_in_force IS 'Which halts the daemon of an account has put into force. The row of a daemon that does not hold the account any more means nothing.';
COMMENT ON COLUMN halts_in_force.owner IS 'Session of the daemon, as in tasks.';

CREATE TABLE access_warnings (
  user_id bigint NOT NULL REFERENCES users (id),
  access_until timestamptz NOT NULL,
  days_before integer NOT NULL,
  PRIMARY KEY (user_id, access_until, days_before)
);
COMMENT ON TABLE access_warnings IS 'Of which end of access people were alerted, and how many days before; 0: that it has ended.';

CREATE FUNCTION notify_of_halt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- The channel is written in src/store/halts/postgres-halts.ts, too.
  PERFORM pg_notify('rollkeeper_halts', '');
  RETURN NULL;
END
$$;
CREATE TRIGGER halts_give_notice AFTER INSERT OR UPDATE ON halts FOR EACH STATEMENT EXECUTE FUNCTION notify_of_halt();
CREATE TRIGGER users_give_notice AFTER UPDATE OF banned_at, access_until ON users
  FOR EACH STATEMENT EXECUTE FUNCTION notify_of_halt();

-- Limits of accounts over all of their tasks, and what is used of them.
ALTER TABLE accounts ADD COLUMN limits json;
COMMENT ON COLUMN accounts.limits IS 'What the account may do in a day or a minute (domain/rules/account-limits.ts); null: whatever its tasks do.';
CREATE TABLE account_use (
  account_id bigint NOT NULL REFERENCES accounts (id),
  task_id text NOT NULL,
  version integer NOT NULL,
  at_ms bigint NOT NULL,
  rolls integer NOT NULL,
  debit numeric NOT NULL,
  notional numeric NOT NULL,
  orders integer NOT NULL
);
COMMENT ON TABLE account_use IS 'What turns have changed of what their account has used, written with the turn; negative where less was used than reserved.';
COMMENT ON COLUMN account_use.at_ms IS 'Exchange time at which it counts: a roll counts when it began.';
CREATE INDEX account_use_by_time ON account_use (account_id, at_ms);
CREATE FUNCTION notify_of_limits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- The channel is written in src/store/account-limits.ts, too.
  PERFORM pg_notify('rollkeeper_limits', '');
  RETURN NULL;
END
$$;
CREATE TRIGGER limits_give_notice AFTER UPDATE OF limits ON accounts
  FOR EACH STATEMENT EXECUTE FUNCTION notify_of_limits();

-- Down Migration
DROP TRIGGER limits_give_notice ON accounts;
DROP FUNCTION notify_of_limits();
DROP TABLE account_use;
ALTER TABLE accounts DROP COLUMN limits;
DROP TRIGGER users_give_notice ON users;
DROP VIEW account_halts;
DROP VIEW standing_halts;
DROP TABLE halts, halts_in_force, access_warnings;
DROP FUNCTION notify_of_halt();
