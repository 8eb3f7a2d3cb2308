-- Takes over tasks that have not ended: of each account only those with a roll under way, or all of them. The version bump
-- fences the previous owner; the snapshot stays as it is. $1 accounts (JSON array: account_id, only ids `after` this one,
-- ids to be `spared`), $2 new owner, $3 the ADOPTED event, $4 prefix of writer tokens, $5 only those with a roll under
-- way, $6 how many of each account at most
WITH picked AS (
  SELECT task.account_id, task.id
  FROM json_to_recordset($1::json) AS wanted (account_id bigint, after text, spared text[])
  CROSS JOIN LATERAL (
    SELECT account_id, id FROM tasks
    WHERE account_id = wanted.account_id AND id > wanted.after AND id <> ALL (wanted.spared)
      AND phase <> 'over' AND (phase = 'rolling' OR NOT $5)
    ORDER BY id
    LIMIT $6
  ) AS task
), now_ms AS MATERIALIZED (
  SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS at_ms
), taken AS (
  UPDATE tasks SET version = version + 1, owner = $2, updated_at = now(),
    hash = journal_hash(hash, tasks.id, version + 1, now_ms.at_ms, '', $3::json::text, state, snapshot::text, machine)
  FROM picked, now_ms
  WHERE tasks.account_id = picked.account_id AND tasks.id = picked.id
  RETURNING tasks.account_id, tasks.id, version, state, phase, snapshot, machine, hash, now_ms.at_ms
), noted AS (
  INSERT INTO journal (account_id, task_id, version, at_ms, path, event, state, snapshot, writer, machine, hash)
  SELECT account_id, id, version, at_ms, '', $3::json, state, snapshot, $4 || id, machine, hash
  FROM taken
)
SELECT account_id::text AS "accountId", id AS "taskId", version, state, phase, snapshot::text AS "snapshotJson", machine
FROM taken
ORDER BY account_id, id
