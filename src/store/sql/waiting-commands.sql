-- Commands without an answer, oldest first. $1 accounts
SELECT id AS "commandId", account_id::text AS "accountId", task_id AS "taskId", kind, asked_by AS "askedBy", payload,
  expected_version AS "expectedVersion"
FROM commands
WHERE account_id = ANY ($1::bigint[]) AND status = 'waiting'
ORDER BY seq
LIMIT 1000
