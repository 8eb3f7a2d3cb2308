-- Group commit: stores every given turn whose task is still at the version, and with the owner, that the turn was made
-- on; journal row, alerts and command answers go with it or not at all. Returns the positions of the turns stored.
-- $1 turns, $2 their alerts, $3 their answers (JSON arrays; `n` is the turn's position), $4 owner,
-- $5 what they have changed of what accounts have used (JSON array with `n`)
-- An event, a snapshot or figures that come as a JSON string are the text of the value meant.
WITH given AS (
  SELECT n, account_id, task_id, expected, at_ms, path, state, phase, writer, machine,
    CASE json_typeof(event) WHEN 'string' THEN (event #>> '{}')::json ELSE event END AS event,
    CASE json_typeof(snapshot) WHEN 'string' THEN (snapshot #>> '{}')::json ELSE snapshot END AS snapshot
  FROM json_to_recordset($1::json) AS turn (
    n int, account_id bigint, task_id text, expected int, at_ms bigint, path text, event json, state text,
    phase text, snapshot json, writer text, machine text
  )
), moved AS (
  UPDATE tasks
  SET version = tasks.version + 1, state = given.state, phase = given.phase, snapshot = given.snapshot,
    updated_at = now(), machine = given.machine,
    hash = journal_hash(tasks.hash, given.task_id, given.expected + 1, given.at_ms, given.path, given.event::text,
      given.state, given.snapshot::text, given.machine)
  FROM given
  WHERE tasks.account_id = given.account_id
    AND tasks.id = given.task_id
    AND tasks.version = given.expected
    AND tasks.owner = $4
  RETURNING given.n, tasks.hash
), written AS (
  INSERT INTO journal (account_id, task_id, version, at_ms, path, event, state, snapshot, writer, machine, hash)
  SELECT account_id, task_id, expected + 1, at_ms, path, event, state, snapshot, writer, machine, hash
  FROM given JOIN moved USING (n)
), alerted AS (
  INSERT INTO alerts (account_id, task_id, version, severity, code, figures, at_ms)
  SELECT given.account_id, given.task_id, given.expected + 1, alert.severity, alert.code,
    CASE json_typeof(alert.figures) WHEN 'string' THEN (alert.figures #>> '{}')::json ELSE alert.figures END, given.at_ms
  FROM json_to_recordset($2::json) AS alert (n int, i int, severity text, code text, figures json)
  JOIN moved USING (n)
  JOIN given USING (n)
  ORDER BY n, i
), used AS (
  INSERT INTO account_use (account_id, task_id, version, at_ms, rolls, debit, notional, orders)
  SELECT given.account_id, given.task_id, given.expected + 1, use.at_ms, use.rolls, use.debit, use.notional, use.orders
  FROM json_to_recordset($5::json) AS use (n int, at_ms bigint, rolls int, debit numeric, notional numeric, orders int)
  JOIN moved USING (n)
  JOIN given USING (n)
), answered AS (
  UPDATE commands
  SET status = answer.status, answer = answer.text, answered_at = now()
  FROM json_to_recordset($3::json) AS answer (n int, command_id text, status text, text text)
  JOIN moved USING (n)
  WHERE commands.id = answer.command_id AND commands.status = 'waiting'
)
SELECT n FROM moved
