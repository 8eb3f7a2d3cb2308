-- One task, or the request for it. $1 task, $2 the user whose accounts are to be seen, or null
WITH listed AS (
  SELECT account_id, id, version, state, spec, snapshot, owner, created_at, updated_at FROM tasks WHERE id = $1
  UNION ALL
  SELECT account_id, task_id, 0, 'QUEUED', payload, NULL, NULL, created_at, created_at FROM commands
  WHERE task_id = $1 AND kind = 'add' AND status = 'waiting'
)
SELECT listed.id AS "taskId", listed.version, listed.state, listed.spec, listed.snapshot::text AS "snapshotJson",
  CASE WHEN daemon_number(listed.owner) IN (SELECT number FROM living_daemons) THEN listed.owner END AS owner,
  listed.owner AS "lastOwner",
  accounts.id::text AS "accountId", accounts.name AS "accountName", accounts.environment, accounts.trouble, users.name AS "userName", coalesce(access.role, 'owner') AS role,
  (extract(epoch FROM listed.created_at) * 1000)::bigint::float8 AS "createdAtMs",
  (extract(epoch FROM listed.updated_at) * 1000)::bigint::float8 AS "updatedAtMs"
FROM listed
JOIN accounts ON accounts.id = listed.account_id
JOIN users ON users.id = accounts.user_id
LEFT JOIN account_access AS access ON access.account_id = accounts.id AND access.user_id = $2
WHERE $2::bigint IS NULL OR access.role IS NOT NULL
ORDER BY listed.version DESC
LIMIT 1
