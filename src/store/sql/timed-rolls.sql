-- The newest rolls of one task that have ended, newest first. $1 task, $2 how many at most, $3 the user whose accounts are to be
-- seen, or null
SELECT rolls.roll_id AS "rollId", rolls.from_version AS "fromVersion", rolls.to_version AS "toVersion",
  rolls.ended_at_ms::float8 AS "endedAtMs", rolls.from_symbol AS "fromSymbol", rolls.to_symbol AS "toSymbol",
  rolls.index_price AS "indexPrice", rolls.outcome, rolls.phases, rolls.summary
FROM tasks JOIN rolls ON rolls.account_id = tasks.account_id AND rolls.task_id = tasks.id
WHERE tasks.id = $1 AND ($3::bigint IS NULL OR EXISTS (
  SELECT FROM account_access WHERE account_access.account_id = tasks.account_id AND account_access.user_id = $3
))
ORDER BY rolls.to_version DESC
LIMIT $2
