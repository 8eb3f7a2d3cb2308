-- A command, once per id, and a hint to the daemons that listen. $1 account, $2 id, $3 task, $4 kind, $5 payload, $6 channel,
-- $7 the user or program that asks
WITH asked AS (
  INSERT INTO commands (account_id, id, task_id, kind, payload, asked_by)
  VALUES ($1, $2, $3, $4, $5::json, $7)
  ON CONFLICT DO NOTHING
  RETURNING id
)
SELECT asked.id, pg_notify($6, asked.id) FROM asked
