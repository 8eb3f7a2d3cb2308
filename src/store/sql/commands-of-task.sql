-- Commands of one task that wait, and the last answered ones, oldest first. $1 account, $2 task, $3 how many
SELECT "commandId", kind, "askedBy", status, answer, "createdAtMs" FROM (
  SELECT id AS "commandId", kind, asked_by AS "askedBy", status, answer, seq,
    (extract(epoch FROM created_at) * 1000)::bigint::float8 AS "createdAtMs"
  FROM commands
  WHERE account_id = $1 AND task_id = $2
  ORDER BY status = 'waiting' DESC, seq DESC
  LIMIT $3
) AS latest
ORDER BY seq
