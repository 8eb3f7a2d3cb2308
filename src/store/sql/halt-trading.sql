-- Halts a target, unless the same standing has done so already, with an alert for each account and a record of the act.
-- Returns the halt that stands. $1 account or null, $2 user or null, $3 by the operator, $4 who, $5 from where, $6 reason
WITH added AS (
  INSERT INTO halts (account_id, user_id, by_operator, halted_by, reason) VALUES ($1, $2, $3, $4, $6)
  ON CONFLICT DO NOTHING RETURNING *
), alerted AS (
  INSERT INTO alerts (account_id, severity, code, figures, at_ms)
  SELECT accounts.id, 'critical', 'tradingHalted', json_build_object('name', accounts.name, 'halt', json_build_object(
      'cause', 'halt', 'by', coalesce((SELECT name FROM users WHERE 'user:' || users.id = $4), $4::text), 'reason', $6::text,
      'scope', CASE WHEN $1::bigint IS NOT NULL THEN 'account' WHEN $2::bigint IS NOT NULL THEN 'user' ELSE 'everything' END,
      'sinceMs', floor(extract(epoch FROM added.halted_at) * 1000)::bigint)),
    floor(extract(epoch FROM added.halted_at) * 1000)::bigint
  FROM added, accounts
  WHERE ($1::bigint IS NULL OR accounts.id = $1) AND ($2::bigint IS NULL OR accounts.user_id = $2)
    AND accounts.environment <> 'archive'
), recorded AS (
  INSERT INTO audit (actor, came_from, act, account_id, user_id, details)
  SELECT $4, $5, 'halt', $1, $2, json_build_object('reason', $6::text) FROM added
)
SELECT id::text AS id, true AS "isNew" FROM added
UNION ALL
SELECT id::text, false FROM halts
WHERE lifted_at IS NULL AND by_operator = $3 AND account_id IS NOT DISTINCT FROM $1 AND user_id IS NOT DISTINCT FROM $2
  AND NOT EXISTS (SELECT FROM added)
