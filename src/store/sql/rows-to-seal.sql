-- Rows of a journal that are older than a moment, in order, without the newest row of the task. $1 task, $2 first version, $3 how
-- many at most, $4 before when (ms)
SELECT journal.version, journal.at_ms::float8 AS "atMs", journal.path, journal.event::text AS "eventJson", journal.state,
  journal.snapshot::text AS "snapshotJson", journal.machine, encode(journal.hash, 'hex') AS hash
FROM tasks JOIN journal ON journal.account_id = tasks.account_id AND journal.task_id = tasks.id
WHERE tasks.id = $1 AND journal.version >= $2 AND journal.version < tasks.version
  AND journal.written_at < to_timestamp($4::float8 / 1000)
ORDER BY journal.version
LIMIT $3
