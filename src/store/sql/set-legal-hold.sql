-- Puts an account under legal hold, or ends that, and writes the act down where it changes anything. $1 account, $2 whether, $3 who,
-- $4 from where
WITH changed AS (
  UPDATE accounts SET legal_hold_since = CASE WHEN $2 THEN now() END
  WHERE id = $1 AND (legal_hold_since IS NOT NULL) <> $2 RETURNING id
)
INSERT INTO audit (actor, came_from, act, account_id, details)
SELECT $3, $4, 'account.legal-hold', id, json_build_object('isOn', $2::boolean) FROM changed
