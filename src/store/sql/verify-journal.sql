-- The first fault of each journal that is not as it was written, as far as it is in the database. The row after a seal is chained
-- to the last hash of the seal; of rows that a seal covers and that are still here, the first has nothing to be compared with.
-- $1 task, or null for every task
WITH followed AS (
  SELECT journal.*, lag(journal.version) OVER rows_of_task AS version_before, lag(journal.hash) OVER rows_of_task AS hash_before
  FROM journal JOIN tasks ON tasks.account_id = journal.account_id AND tasks.id = journal.task_id
  WHERE $1::text IS NULL OR journal.task_id = $1
  WINDOW rows_of_task AS (PARTITION BY journal.account_id, journal.task_id ORDER BY journal.version)
), chained AS (
  SELECT followed.task_id, followed.version, followed.hash,
    CASE WHEN version_before IS NOT NULL THEN version <> version_before + 1
      ELSE version <> 1 AND before.to_version IS NULL AND covering.to_version IS NULL END AS is_alone,
    journal_hash(coalesce(hash_before, before.last_hash, CASE version WHEN 1 THEN ''::bytea END), followed.task_id, version, at_ms,
      path, event::text, followed.state, followed.snapshot::text, followed.machine) AS expected
  FROM followed
  LEFT JOIN seals AS before ON followed.version_before IS NULL AND before.account_id = followed.account_id
    AND before.task_id = followed.task_id AND before.to_version = followed.version - 1
  LEFT JOIN seals AS covering ON followed.version_before IS NULL AND covering.account_id = followed.account_id
    AND covering.task_id = followed.task_id AND followed.version > covering.from_version
    AND followed.version <= covering.to_version
), sealed AS (
  SELECT seals.task_id, seals.from_version, seals.to_version, first_hash, last_hash,
    coalesce(lag(to_version) OVER (PARTITION BY seals.account_id, seals.task_id ORDER BY from_version), 0) AS sealed_before,
    first.hash AS hash_of_first, last.hash AS hash_of_last
  FROM seals
  LEFT JOIN journal AS first ON first.account_id = seals.account_id AND first.task_id = seals.task_id
    AND first.version = seals.from_version
  LEFT JOIN journal AS last ON last.account_id = seals.account_id AND last.task_id = seals.task_id
    AND last.version = seals.to_version
  WHERE $1::text IS NULL OR seals.task_id = $1
), ends AS (
  SELECT tasks.id, tasks.version, tasks.hash, last.version AS last_version, last.hash AS last_hash,
    last.snapshot::text = tasks.snapshot::text AND last.state = tasks.state AS same
  FROM tasks
  LEFT JOIN LATERAL (
    SELECT version, hash, snapshot, state FROM journal
    WHERE journal.account_id = tasks.account_id AND journal.task_id = tasks.id
    ORDER BY version DESC LIMIT 1
  ) AS last ON true
  WHERE $1::text IS NULL OR tasks.id = $1
), faults AS (
  SELECT task_id, version, CASE WHEN is_alone THEN 'a row before it is missing' ELSE 'it was changed, or a row before it was' END
    AS problem
  FROM chained WHERE is_alone OR hash <> expected
  UNION ALL
  SELECT task_id, from_version, 'the seal of the rows before it is missing' FROM sealed WHERE from_version <> sealed_before + 1
  UNION ALL
  SELECT task_id, from_version, 'it is not the row that was sealed' FROM sealed WHERE hash_of_first <> first_hash
  UNION ALL
  SELECT task_id, to_version, 'it is not the row that was sealed' FROM sealed WHERE hash_of_last <> last_hash
  UNION ALL
  SELECT id, coalesce(last_version, 0), CASE
    WHEN last_version IS DISTINCT FROM version THEN 'rows after it are missing: the task is at version ' || version
    ELSE 'the task is not what its last row says' END
  FROM ends WHERE last_version IS DISTINCT FROM version OR last_hash IS DISTINCT FROM hash OR same IS NOT TRUE
)
SELECT DISTINCT ON (task_id) task_id AS "taskId", version, problem FROM faults ORDER BY task_id, version
