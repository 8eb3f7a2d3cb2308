-- Takes over some tasks of an account that are not over: those with a roll under way, or those that wait. The version
-- bump fences whoever had them; the snapshot stays as it is. $1 account, $2 new owner, $3 the ADOPTED event, $4 prefix of
-- writer tokens, $5 whether a roll is under way, $6 ids to leave alone, $7 only ids after this one, $8 how many at most
WITH picked AS (
  SELECT id FROM tasks
  WHERE account_id = $1 AND id > $7 AND id <> ALL ($6::text[])
    AND split_part(state, '.', 1) <> 'COMPLETED'
    AND (split_part(state, '.', 1) NOT IN ('IDLE', 'PAUSED', 'FAILED')) = $5
  ORDER BY id
  LIMIT $8
), taken AS (
  UPDATE tasks SET version = version + 1, owner = $2, updated_at = now()
  FROM picked
  WHERE account_id = $1 AND tasks.id = picked.id
  RETURNING account_id, tasks.id, version, state, snapshot
), noted AS (
  INSERT INTO journal (account_id, task_id, version, at_ms, path, event, state, snapshot, writer)
  SELECT account_id, id, version, (extract(epoch FROM clock_timestamp()) * 1000)::bigint, '', $3::json, state, snapshot,
    $4 || id
  FROM taken
)
SELECT account_id::text AS "accountId", id AS "taskId", version, state, snapshot::text AS "snapshotJson"
FROM taken
ORDER BY id
