-- The newest stored form of one task, and whether the owner given adopted it last. $1 account, $2 task, $3 owner
SELECT account_id::text AS "accountId", id AS "taskId", version, state, phase, snapshot::text AS "snapshotJson", machine,
  owner = $3 AS "isOurs"
FROM tasks
WHERE account_id = $1 AND id = $2
