-- Every roll of one task that has ended and has traded something, in order. $1 task, $2 the user whose accounts are to be seen, or
-- null
SELECT rolls.summary AS roll
FROM tasks JOIN rolls ON rolls.account_id = tasks.account_id AND rolls.task_id = tasks.id
WHERE tasks.id = $1 AND rolls.summary IS NOT NULL AND ($2::bigint IS NULL OR EXISTS (
  SELECT FROM account_access WHERE account_access.account_id = tasks.account_id AND account_access.user_id = $2
))
ORDER BY rolls.to_version
