-- The turns of the roll of one task that is under way, in order. $1 task, $2 the user whose accounts are to be seen, or null
WITH standing AS (
  SELECT tasks.account_id, tasks.id, tasks.snapshot->'context'->'roll'->>'rollId' AS roll_id,
    (tasks.snapshot->'context'->'roll'->>'lockedVersion')::int AS locked_version
  FROM tasks
  WHERE tasks.id = $1 AND ($2::bigint IS NULL OR EXISTS (
    SELECT FROM account_access WHERE account_access.account_id = tasks.account_id AND account_access.user_id = $2
  ))
)
SELECT journal.version, journal.at_ms::float8 AS "atMs", journal.state, journal.snapshot->'context'->'roll' AS roll,
  NULL AS "lastRoll"
FROM standing JOIN journal ON journal.account_id = standing.account_id AND journal.task_id = standing.id
WHERE journal.version > standing.locked_version AND journal.snapshot->'context'->'roll'->>'rollId' = standing.roll_id
  AND NOT EXISTS (
    SELECT FROM rolls
    WHERE rolls.account_id = standing.account_id AND rolls.task_id = standing.id AND rolls.roll_id = standing.roll_id
  )
ORDER BY journal.version
