-- Tasks of accounts that were fenced, which have not ended: of each account only those with a roll under way, or all of them, by id.
-- `isWritten`: they are to be taken over one by one (adopt-tasks.sql), because a roll is under way, or because a daemon from before
-- there were fences may still store turns of them. $1 accounts (JSON array: account_id, only ids `after` this one, ids to be
-- `spared`), $2 only those with a roll under way, $3 how many of each account at most
SELECT task.account_id::text AS "accountId", task.id AS "taskId", task.version, task.state, task.phase,
  task.snapshot::text AS "snapshotJson", task.machine, task.phase = 'rolling' OR task.owner <> 'fence' AS "isWritten"
FROM json_to_recordset($1::json) AS wanted (account_id bigint, after text, spared text[])
CROSS JOIN LATERAL (
  SELECT account_id, id, version, owner, state, phase, snapshot, machine FROM tasks
  WHERE account_id = wanted.account_id AND id > wanted.after AND id <> ALL (wanted.spared)
    AND phase <> 'over' AND (phase = 'rolling' OR NOT $2)
  ORDER BY id
  LIMIT $3
) AS task
