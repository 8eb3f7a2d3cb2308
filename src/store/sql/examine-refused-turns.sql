-- Why turns were not stored: `own` means that an earlier attempt of the same record was stored after all. Who may store turns of the
-- task, and in which epoch (0 for a daemon from before there were fences). $1 JSON array of turns
SELECT turn.n, journal.writer IS NOT NULL AS own, tasks.version,
  CASE tasks.owner WHEN 'fence' THEN fence.owner ELSE tasks.owner END AS owner,
  CASE tasks.owner WHEN 'fence' THEN fence.epoch ELSE 0 END::float8 AS epoch
FROM json_to_recordset($1::json) AS turn (n int, account_id bigint, task_id text, expected int, writer text)
LEFT JOIN tasks ON tasks.account_id = turn.account_id AND tasks.id = turn.task_id
LEFT JOIN account_fences AS fence ON fence.account_id = turn.account_id
LEFT JOIN journal ON journal.account_id = turn.account_id
  AND journal.task_id = turn.task_id
  AND journal.version = turn.expected + 1
  AND journal.writer = turn.writer
