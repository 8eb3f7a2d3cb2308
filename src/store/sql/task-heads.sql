-- As list-tasks.sql, without specs and snapshots, which are most of a task. $1 user name or null for all users, $2 the user whose
-- accounts are to be seen, or null
WITH listed AS (
  SELECT account_id, id, version, state, created_at, updated_at FROM tasks
  UNION ALL
  SELECT account_id, task_id, 0, 'QUEUED', created_at, created_at FROM commands WHERE kind = 'add' AND status = 'waiting'
)
SELECT listed.id AS "taskId", listed.version, listed.state,
  accounts.id::text AS "accountId", accounts.name AS "accountName", accounts.environment, accounts.trouble, users.name AS "userName", coalesce(access.role, 'owner') AS role,
  (extract(epoch FROM listed.created_at) * 1000)::bigint::float8 AS "createdAtMs",
  (extract(epoch FROM listed.updated_at) * 1000)::bigint::float8 AS "updatedAtMs"
FROM listed
JOIN accounts ON accounts.id = listed.account_id
JOIN users ON users.id = accounts.user_id
LEFT JOIN account_access AS access ON access.account_id = accounts.id AND access.user_id = $2
WHERE ($1::text IS NULL OR users.name = $1) AND ($2::bigint IS NULL OR access.role IS NOT NULL)
ORDER BY users.name, accounts.id, listed.created_at, listed.id
