-- Every roll that has ended since a moment, of all tasks that may be seen. $1 since (exchange time, ms), $2 the only user
-- whose accounts are seen, or null
SELECT "taskId", "accountName", roll FROM (
  SELECT DISTINCT ON (journal.account_id, journal.task_id, journal.snapshot->'context'->'lastRoll'->>'rollId')
    journal.task_id AS "taskId", accounts.name AS "accountName", journal.at_ms,
    journal.snapshot->'context'->'lastRoll' AS roll
  FROM journal JOIN accounts ON accounts.id = journal.account_id
  WHERE journal.at_ms >= $1
    AND ($2::bigint IS NULL OR EXISTS (
      SELECT FROM account_access WHERE account_access.account_id = accounts.id AND account_access.user_id = $2
    ))
    AND (journal.snapshot->'context'->'lastRoll'->>'endedAtMs')::bigint >= $1
  ORDER BY journal.account_id, journal.task_id, journal.snapshot->'context'->'lastRoll'->>'rollId', journal.version
) AS ended
ORDER BY at_ms
