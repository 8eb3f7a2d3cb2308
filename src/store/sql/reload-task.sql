-- The newest stored form of one task, and whether the owner given took its account over last. $1 account, $2 task, $3 owner
SELECT tasks.account_id::text AS "accountId", id AS "taskId", version, state, phase, snapshot::text AS "snapshotJson", machine,
  tasks.owner = 'fence' AND fence.owner IS NOT DISTINCT FROM $3 AS "isOurs"
FROM tasks LEFT JOIN account_fences AS fence ON fence.account_id = tasks.account_id
WHERE tasks.account_id = $1 AND id = $2
