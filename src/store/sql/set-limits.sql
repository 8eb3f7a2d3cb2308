-- Changes limits of an account, those that are null are taken away, and writes the act down. $1 account, $2 changes (JSON),
-- $3 who, $4 from where
WITH changed AS (
  UPDATE accounts SET limits = nullif(jsonb_strip_nulls(coalesce(limits, '{}')::jsonb || $2::jsonb), '{}')::json
  WHERE id = $1 RETURNING id, limits
), recorded AS (
  INSERT INTO audit (actor, came_from, act, account_id, details) SELECT $3, $4, 'account.limits', id, $2::json FROM changed
)
SELECT coalesce(limits, '{}') AS limits FROM changed
