-- Inserts an exported task into an account that no daemon manages. $1 account, $2 its rows (JSON array), $3 its spec,
-- $4 its phase
WITH given AS (
  SELECT * FROM json_to_recordset($2::json) AS entry (
    task_id text, version int, at_ms bigint, path text, event text, state text, snapshot text, machine text, hash text
  )
), last AS (
  SELECT * FROM given ORDER BY version DESC LIMIT 1
), made AS (
  INSERT INTO tasks (account_id, id, version, owner, state, phase, spec, snapshot, machine, hash)
  SELECT $1::bigint, task_id, version, 'imported', state, $4, $3::json, snapshot::json, machine, decode(hash, 'hex') FROM last
  RETURNING account_id
)
INSERT INTO journal (account_id, task_id, version, at_ms, path, event, state, snapshot, writer, machine, hash)
SELECT made.account_id, task_id, version, at_ms, path, event::json, state, snapshot::json, 'imported', machine,
  decode(hash, 'hex')
FROM given, made
