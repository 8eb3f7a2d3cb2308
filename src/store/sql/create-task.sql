-- A new task at version 1 with its first journal row; the command that asked for it is answered with it.
-- $1 account, $2 task, $3 phase, $4 state, $5 spec, $6 snapshot, $7 at (ms), $8 event, $9 writer,
-- $10 command, $11 status, $12 answer, $13 version of the machine
WITH made AS (
  INSERT INTO tasks (account_id, id, version, owner, state, phase, spec, snapshot, machine, hash)
  VALUES ($1, $2, 1, 'fence', $4, $3, $5::json, $6::json, $13,
    journal_hash('', $2, 1, $7, '', $8::json::text, $4, $6::json::text, $13))
  RETURNING account_id, id, hash
), answered AS (
  UPDATE commands SET status = $11, answer = $12, answered_at = now() WHERE id = $10 AND status = 'waiting'
)
INSERT INTO journal (account_id, task_id, version, at_ms, path, event, state, snapshot, writer, machine, hash)
SELECT account_id, id, 1, $7, '', $8::json, $4, $6::json, $9, $13, hash FROM made
