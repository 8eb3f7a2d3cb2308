-- Group commit: stores every given turn whose task is still at the version, and whose account still in the epoch (`fence`), that the
-- turn was made in; journal row, alerts and command answers go with it or not at all. Returns the positions of the turns stored. A
-- turn that was made on another one that is stored by the same transaction (`after`, its writer) is not stored without that one.
-- The locks on the fences make whoever takes an account over wait for the end of this transaction, or this statement see the new
-- epoch although it began before; all take them in the order of ids.
-- $1 turns, $2 their alerts, $3 their answers (JSON arrays; `n` is the turn's position), $4 their accounts,
-- $5 what they have changed of what accounts have used, $6 the rolls that they have ended (JSON arrays with `n`)
-- An event, a snapshot, a summary or figures that come as a JSON string are the text of the value meant.
WITH given AS (
  SELECT n, account_id, task_id, expected, at_ms, path, state, phase, writer, machine, roll_part, after, fence,
    CASE json_typeof(event) WHEN 'string' THEN (event #>> '{}')::json ELSE event END AS event,
    CASE json_typeof(snapshot) WHEN 'string' THEN (snapshot #>> '{}')::json ELSE snapshot END AS snapshot
  FROM json_to_recordset($1::json) AS turn (
    n int, account_id bigint, task_id text, expected int, at_ms bigint, path text, event json, state text,
    phase text, snapshot json, writer text, machine text, roll_part text, after text, fence bigint
  )
), fences AS (
  SELECT account_id, epoch FROM account_fences WHERE account_id = ANY ($4::bigint[]) ORDER BY account_id FOR SHARE
), moved AS (
  UPDATE tasks
  SET version = tasks.version + 1, state = given.state, phase = given.phase, snapshot = given.snapshot,
    updated_at = now(), machine = given.machine,
    hash = journal_hash(tasks.hash, given.task_id, given.expected + 1, given.at_ms, given.path, given.event::text,
      given.state, given.snapshot::text, given.machine)
  FROM given JOIN fences ON fences.account_id = given.account_id AND fences.epoch = given.fence
  WHERE tasks.account_id = given.account_id
    AND tasks.id = given.task_id
    AND tasks.version = given.expected
    AND tasks.owner = 'fence'
    AND (given.after IS NULL OR EXISTS (
      SELECT FROM journal
      WHERE journal.account_id = given.account_id AND journal.task_id = given.task_id
        AND journal.version = given.expected AND journal.writer = given.after
    ))
  RETURNING given.n, tasks.hash
), written AS (
  INSERT INTO journal (account_id, task_id, version, at_ms, path, event, state, snapshot, writer, machine, hash, roll_part)
  SELECT account_id, task_id, expected + 1, at_ms, path, event, state, snapshot, writer, machine, hash, roll_part
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
), ended AS (
  SELECT given.account_id, given.task_id, given.expected, given.at_ms, roll.*
  FROM json_to_recordset($6::json) AS roll (
    n int, roll_id text, locked_version int, from_symbol text, to_symbol text, index_price text, outcome text, summary json
  )
  JOIN moved USING (n)
  JOIN given USING (n)
), rolled AS (
  INSERT INTO rolls (account_id, task_id, roll_id, from_version, to_version, ended_at_ms, from_symbol, to_symbol, index_price,
    outcome, phases, summary)
  SELECT account_id, task_id, roll_id, coalesce(parts.from_version, locked_version + 1), expected + 1, at_ms, from_symbol,
    to_symbol, index_price, outcome, coalesce(parts.phases, '[]'),
    CASE json_typeof(summary) WHEN 'string' THEN (summary #>> '{}')::json ELSE summary END
  FROM ended CROSS JOIN LATERAL (
    SELECT min(version) AS from_version, bool_or(roll_part IN ('leg1', 'leg2')) AS has_ordered,
      json_agg(json_build_object('kind', roll_part, 'fromMs', turn_at_ms) ORDER BY version)
        FILTER (WHERE roll_part IS DISTINCT FROM part_before) AS phases
    FROM (
      SELECT version, journal.at_ms AS turn_at_ms, roll_part, lag(roll_part) OVER (ORDER BY version) AS part_before
      FROM journal
      WHERE journal.account_id = ended.account_id AND journal.task_id = ended.task_id
        AND version > locked_version AND version <= expected AND roll_part IS NOT NULL
    ) AS turns
  ) AS parts
  WHERE parts.has_ordered OR json_typeof(summary) IN ('object', 'string')
  ON CONFLICT DO NOTHING
), answered AS (
  UPDATE commands
  SET status = answer.status, answer = answer.text, answered_at = now()
  FROM json_to_recordset($3::json) AS answer (n int, command_id text, status text, text text)
  JOIN moved USING (n)
  WHERE commands.id = answer.command_id AND commands.status = 'waiting'
)
SELECT n FROM moved
