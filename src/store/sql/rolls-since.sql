-- Every roll that has ended since a moment, of all tasks that may be seen. $1 since (exchange time, ms), $2 the only user
-- whose accounts are seen, or null
SELECT rolls.task_id AS "taskId", accounts.name AS "accountName", rolls.summary AS roll
FROM rolls JOIN accounts ON accounts.id = rolls.account_id
WHERE rolls.ended_at_ms >= $1 AND rolls.summary IS NOT NULL AND (rolls.summary->>'endedAtMs')::bigint >= $1
  AND ($2::bigint IS NULL OR EXISTS (
    SELECT FROM account_access WHERE account_access.account_id = accounts.id AND account_access.user_id = $2
  ))
ORDER BY rolls.ended_at_ms, rolls.account_id, rolls.task_id
