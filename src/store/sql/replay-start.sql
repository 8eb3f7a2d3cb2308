-- The newest row of a journal that has so many rows behind it and no roll under way; else the oldest row that has none, where the
-- first row is archived. In any schema from 0010 on. $1 task, $2 rows
WITH present AS MATERIALIZED (
  SELECT journal.account_id, task_id, min(journal.version) AS first, tasks.version - $2 AS at_most
  FROM journal JOIN tasks ON tasks.account_id = journal.account_id AND tasks.id = task_id
  WHERE tasks.id = $1 GROUP BY journal.account_id, task_id, tasks.version
)
(
  SELECT journal.version, state, snapshot::text AS "snapshotJson", machine FROM present JOIN journal USING (account_id, task_id)
  WHERE version <= at_most
    AND (snapshot->'context'->'roll'->>'rollId') IS NOT DISTINCT FROM (snapshot->'context'->'lastRoll'->>'rollId')
  ORDER BY version DESC LIMIT 1
) UNION ALL (
  SELECT journal.version, state, snapshot::text, machine FROM present JOIN journal USING (account_id, task_id)
  WHERE first > 1
    AND (snapshot->'context'->'roll'->>'rollId') IS NOT DISTINCT FROM (snapshot->'context'->'lastRoll'->>'rollId')
  ORDER BY version LIMIT 1
)
LIMIT 1
