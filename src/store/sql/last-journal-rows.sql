-- The last transitions of one task, oldest first, without snapshots. $1 account, $2 task, $3 how many
SELECT * FROM (
  SELECT version, at_ms::float8 AS "atMs", path, event::text AS "eventJson", state, writer
  FROM journal
  WHERE account_id = $1 AND task_id = $2
  ORDER BY version DESC
  LIMIT $3
) AS latest
ORDER BY version
