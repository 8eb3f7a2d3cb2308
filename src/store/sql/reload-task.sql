-- The newest stored form of one task. $1 account, $2 task
SELECT account_id::text AS "accountId", id AS "taskId", version, state, snapshot::text AS "snapshotJson"
FROM tasks
WHERE account_id = $1 AND id = $2
