-- The rows of a journal after a version, in order, in any schema from 0010 on. $1 task, $2 version
SELECT version, at_ms::float8 AS "atMs", path, event::text AS "eventJson", state, snapshot::text AS "snapshotJson", machine,
  encode(hash, 'hex') AS hash
FROM journal WHERE task_id = $1 AND version > $2
  AND account_id = (SELECT account_id FROM tasks WHERE id = $1)
ORDER BY version
