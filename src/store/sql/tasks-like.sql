-- Tasks, and requests for tasks that no daemon has answered yet, whose id begins so. $1 the beginning, $2 how many at most,
-- $3 the user whose accounts are to be seen, or null. chr(1114111) sorts behind every other character.
WITH listed AS (
  SELECT account_id, id, state, coalesce(snapshot #>> '{context,held,symbol}', spec ->> 'symbol') AS symbol FROM tasks
  WHERE id ~>=~ $1 AND id ~<~ ($1 || chr(1114111))
  UNION ALL
  SELECT account_id, task_id, 'QUEUED', payload ->> 'symbol' FROM commands
  WHERE kind = 'add' AND status = 'waiting' AND task_id ~>=~ $1 AND task_id ~<~ ($1 || chr(1114111))
)
SELECT listed.id AS "taskId", listed.state, listed.symbol
FROM listed
WHERE $3::bigint IS NULL OR EXISTS (
  SELECT FROM account_access WHERE account_access.account_id = listed.account_id AND account_access.user_id = $3
)
ORDER BY listed.id
LIMIT $2
