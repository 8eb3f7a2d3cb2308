-- Takes tasks over one by one: the version bump fences daemons that know no fence, and its row shows that a roll goes on elsewhere;
-- the snapshot stays as it is. $1 tasks (JSON array: account_id, id), $2 the ADOPTED event, $3 prefix of writer tokens
WITH picked AS (
  SELECT account_id, id FROM json_to_recordset($1::json) AS task (account_id bigint, id text)
), now_ms AS MATERIALIZED (
  SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS at_ms
), taken AS (
  UPDATE tasks SET version = version + 1, owner = 'fence', updated_at = now(),
    hash = journal_hash(hash, tasks.id, version + 1, now_ms.at_ms, '', $2::json::text, state, snapshot::text, machine)
  FROM picked, now_ms
  WHERE tasks.account_id = picked.account_id AND tasks.id = picked.id
  RETURNING tasks.account_id, tasks.id, version, state, phase, snapshot, machine, hash, now_ms.at_ms
), noted AS (
  INSERT INTO journal (account_id, task_id, version, at_ms, path, event, state, snapshot, writer, machine, hash)
  SELECT account_id, id, version, at_ms, '', $2::json, state, snapshot, $3 || id, machine, hash
  FROM taken
)
SELECT account_id::text AS "accountId", id AS "taskId", version, state, phase, snapshot::text AS "snapshotJson", machine
FROM taken
ORDER BY account_id, id
