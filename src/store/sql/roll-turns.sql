-- The newest turns in which a roll of one task was under way, and the turn after each roll, newest first. $1 task, $2 how many at
-- most, $3 the user whose accounts are to be seen, or null
WITH turns AS (
  SELECT journal.version, journal.at_ms, journal.state, journal.snapshot->'context'->'roll' AS roll,
    journal.snapshot->'context'->'roll'->>'rollId' AS roll_id, journal.snapshot->'context'->'lastRoll' AS last_roll
  FROM tasks JOIN journal ON journal.account_id = tasks.account_id AND journal.task_id = tasks.id
  WHERE tasks.id = $1 AND ($3::bigint IS NULL OR EXISTS (
    SELECT FROM account_access WHERE account_access.account_id = tasks.account_id AND account_access.user_id = $3
  ))
), followed AS (
  SELECT turns.*, lag(roll_id) OVER (ORDER BY version) AS roll_before FROM turns
)
SELECT version, at_ms::float8 AS "atMs", state, CASE WHEN roll_id IS NOT NULL THEN roll END AS roll,
  CASE WHEN roll_before IS NOT NULL AND roll_before IS DISTINCT FROM roll_id AND last_roll->>'rollId' = roll_before THEN last_roll END AS "lastRoll"
FROM followed
WHERE roll_id IS NOT NULL OR roll_before IS NOT NULL
ORDER BY version DESC
LIMIT $2
