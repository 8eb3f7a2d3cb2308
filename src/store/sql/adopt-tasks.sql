-- Takes over every task of an account that is not over. The version bump fences whoever had them; the snapshot stays
-- as it is. Rolls under way come first. $1 account, $2 new owner, $3 the ADOPTED event, $4 prefix of writer tokens
WITH taken AS (
  UPDATE tasks SET version = version + 1, owner = $2, updated_at = now()
  WHERE account_id = $1 AND split_part(state, '.', 1) <> 'COMPLETED'
  RETURNING account_id, id, version, state, snapshot
), noted AS (
  INSERT INTO journal (account_id, task_id, version, at_ms, path, event, state, snapshot, writer)
  SELECT account_id, id, version, (extract(epoch FROM clock_timestamp()) * 1000)::bigint, '', $3::json, state, snapshot,
    $4 || id
  FROM taken
)
SELECT account_id::text AS "accountId", id AS "taskId", version, state, snapshot::text AS "snapshotJson"
FROM taken
ORDER BY split_part(state, '.', 1) IN ('IDLE', 'PAUSED', 'FAILED'), id
