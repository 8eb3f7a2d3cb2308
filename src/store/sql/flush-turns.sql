-- Group commit: stores every given turn whose task is still at the version, and whose account still in the epoch (`fence`), that the
-- turn was made in; journal row, alerts and command answers go with it or not at all. Returns the positions of the turns stored. Of
-- several turns of one task, each made on the one before it, all are stored or none: the task's row takes the last one.
-- The locks on the fences make a take-over of an account wait for the end of this statement, or this statement see the new epoch
-- although it began before; all take them in the order of accounts.
-- $1 turns, $2 their alerts, $3 their answers (JSON arrays; `n` is the turn's position; of a task: `follows` the position of
-- the turn before it, `based_on` the version that the first was made on), $4 their accounts,
-- $5 what they have changed of what accounts have used, $6 the rolls that they have ended (JSON arrays with `n`)
-- An event, a snapshot, a summary or figures that come as a JSON string are the text of the value meant.
WITH RECURSIVE given AS MATERIALIZED (
  SELECT n, follows, is_last, fence, account_id, task_id, based_on, expected, at_ms, path, state, phase, writer, machine, roll_part,
    CASE json_typeof(event) WHEN 'string' THEN (event #>> '{}')::json ELSE event END AS event,
    CASE json_typeof(snapshot) WHEN 'string' THEN (snapshot #>> '{}')::json ELSE snapshot END AS snapshot
  FROM json_to_recordset($1::json) AS turn (
    n int, follows int, is_last boolean, fence bigint, account_id bigint, task_id text, based_on int, expected int, at_ms bigint,
    path text, event json, state text, phase text, snapshot json, writer text, machine text, roll_part text
  )
), fences AS (
  SELECT account_id, epoch FROM account_fences WHERE account_id = ANY ($4::bigint[]) ORDER BY account_id FOR SHARE
), chained AS (
  SELECT n, fence, expected, journal_hash(tasks.hash, task_id, expected + 1, at_ms, path, event::text, given.state,
    given.snapshot::text, given.machine) AS hash
  FROM given JOIN tasks ON tasks.account_id = given.account_id AND tasks.id = given.task_id
  WHERE follows IS NULL AND tasks.version = expected AND tasks.owner = 'fence'
  UNION ALL
  SELECT given.n, given.fence, given.expected, journal_hash(chained.hash, task_id, given.expected + 1, at_ms, path, event::text,
    state, snapshot::text, machine)
  FROM chained JOIN given ON follows = chained.n AND given.fence = chained.fence AND given.expected = chained.expected + 1
), taken AS (
  UPDATE tasks
  SET version = given.expected + 1, state = given.state, phase = given.phase, snapshot = given.snapshot,
    updated_at = now(), machine = given.machine, hash = chained.hash
  FROM given JOIN chained USING (n) JOIN fences ON fences.account_id = given.account_id AND fences.epoch = given.fence
  WHERE given.is_last AND tasks.account_id = given.account_id
    AND tasks.id = given.task_id
    -- The row may have moved since the hash was read.
    AND tasks.version = given.based_on
    AND tasks.owner = 'fence'
  RETURNING tasks.account_id, tasks.id
), moved AS (
  SELECT n, hash
  FROM taken JOIN given ON given.account_id = taken.account_id AND given.task_id = taken.id JOIN chained USING (n)
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
      SELECT version, turn_at_ms, roll_part, lag(roll_part) OVER (ORDER BY version) AS part_before
      FROM (
        SELECT version, journal.at_ms AS turn_at_ms, roll_part
        FROM journal
        WHERE journal.account_id = ended.account_id AND journal.task_id = ended.task_id
          AND version > locked_version AND version <= ended.expected
        UNION ALL
        SELECT given.expected + 1, given.at_ms, roll_part
        FROM given
        WHERE given.account_id = ended.account_id AND given.task_id = ended.task_id AND given.expected < ended.expected
      ) AS rows
      WHERE roll_part IS NOT NULL
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
