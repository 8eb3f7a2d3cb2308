-- Every roll of one task that has ended, in order. $1 task, $2 the user whose accounts are to be seen, or null
SELECT roll FROM (
  SELECT DISTINCT ON (journal.snapshot->'context'->'lastRoll'->>'rollId')
    journal.version, journal.snapshot->'context'->'lastRoll' AS roll
  FROM tasks JOIN journal ON journal.account_id = tasks.account_id AND journal.task_id = tasks.id
  WHERE ($2::bigint IS NULL OR EXISTS (
    SELECT FROM account_access WHERE account_access.account_id = tasks.account_id AND account_access.user_id = $2
  )) AND tasks.id = $1 AND journal.snapshot->'context'->'lastRoll'->>'rollId' IS NOT NULL
  ORDER BY journal.snapshot->'context'->'lastRoll'->>'rollId', journal.version
) AS ended
ORDER BY version
