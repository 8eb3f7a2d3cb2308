-- A command, once per id, with the record of who asked, and a hint to the daemons that listen. $1 account, $2 id, $3 task,
-- $4 kind, $5 payload, $6 channel, $7 the user or program that asks, $8 from where, $9 version of the task or null
WITH asked AS (
  INSERT INTO commands (account_id, id, task_id, kind, payload, asked_by, expected_version)
  VALUES ($1, $2, $3, $4, $5::json, $7, $9)
  ON CONFLICT DO NOTHING
  RETURNING id, account_id, task_id, kind
), noted AS (
  INSERT INTO audit (actor, came_from, act, account_id, task_id, details)
  SELECT $7, $8, 'task.' || kind, account_id, task_id, json_build_object('commandId', id) FROM asked
)
SELECT asked.id, pg_notify($6, asked.id) FROM asked
