-- An account with real money trades only after a person has armed it.
-- Undo: it is forgotten which live accounts were armed; an older program trades in all of them.
-- Older daemons: go on, but live accounts are halted at once, until rollkeeper arm.

-- Up Migration
ALTER TABLE accounts ADD COLUMN armed_at timestamptz;
ALTER TABLE accounts ADD COLUMN armed_by text;
ALTER TABLE accounts ADD CONSTRAINT accounts_armed_by_a_person CHECK ((armed_at IS NULL) = (armed_by IS NULL));
COMMENT ON COLUMN accounts.armed_at IS 'Since when a live account may trade; of other accounts it means nothing.';

CREATE OR REPLACE VIEW standing_halts AS
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
  AND EXISTS (SELECT FROM accounts WHERE accounts.user_id = users.id)
UNION ALL
SELECT 'notArmed:' || id, 'notArmed', 'account', id, NULL, NULL, NULL, created_at
FROM accounts WHERE environment = 'live' AND armed_at IS NULL;

CREATE TRIGGER arming_gives_notice AFTER UPDATE OF armed_at ON accounts
  FOR EACH STATEMENT EXECUTE FUNCTION notify_of_halt();

-- Down Migration
DROP TRIGGER arming_gives_notice ON accounts;
CREATE OR REPLACE VIEW standing_halts AS
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
ALTER TABLE accounts DROP CONSTRAINT accounts_armed_by_a_person, DROP COLUMN armed_at, DROP COLUMN armed_by;
