-- Lifts the halts of a target that the person may lift, with an alert for each account and a record of the act. Returns
-- their ids. $1 account or null, $2 user or null, $3 by the operator, who lifts also what users have halted, $4 who,
-- $5 from where
WITH lifted AS (
  UPDATE halts SET lifted_by = $4, lifted_at = now()
  WHERE lifted_at IS NULL AND account_id IS NOT DISTINCT FROM $1 AND user_id IS NOT DISTINCT FROM $2
    AND ($3 OR NOT by_operator)
  RETURNING *
), left_over AS (
  SELECT halted_account_id, json_agg(json_build_object('cause', cause, 'scope', scope, 'by', by, 'reason', reason,
    'sinceMs', floor(extract(epoch FROM since) * 1000)::bigint) ORDER BY since) AS halts
  FROM account_halts WHERE id NOT IN (SELECT 'halt:' || lifted.id FROM lifted) GROUP BY 1
), alerted AS (
  INSERT INTO alerts (account_id, severity, code, figures, at_ms)
  SELECT accounts.id, 'info', 'tradingResumed', json_build_object(
      'name', accounts.name, 'by', coalesce((SELECT name FROM users WHERE 'user:' || users.id = $4), $4::text), 'halts', coalesce(left_over.halts, '[]')),
    floor(extract(epoch FROM now()) * 1000)::bigint
  FROM accounts LEFT JOIN left_over ON halted_account_id = accounts.id
  WHERE EXISTS (SELECT FROM lifted)
    AND ($1::bigint IS NULL OR accounts.id = $1) AND ($2::bigint IS NULL OR accounts.user_id = $2)
    AND accounts.environment <> 'archive'
), recorded AS (
  INSERT INTO audit (actor, came_from, act, account_id, user_id, details)
  SELECT $4, $5, 'resume', $1, $2, '{}' WHERE EXISTS (SELECT FROM lifted)
)
SELECT 'halt:' || id AS id FROM lifted ORDER BY lifted.id
