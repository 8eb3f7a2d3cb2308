-- Why turns were not stored: `own` means that an earlier attempt of the same record was stored after all.
-- $1 JSON array of turns
SELECT turn.n, journal.writer IS NOT NULL AS own, tasks.version, tasks.owner
FROM json_to_recordset($1::json) AS turn (n int, account_id bigint, task_id text, expected int, writer text)
LEFT JOIN tasks ON tasks.account_id = turn.account_id AND tasks.id = turn.task_id
LEFT JOIN journal ON journal.account_id = turn.account_id
  AND journal.task_id = turn.task_id
  AND journal.version = turn.expected + 1
  AND journal.writer = turn.writer
