-- The first fault of each journal that is not as it was written. $1 task, or null for every task
WITH chained AS (
  SELECT journal.account_id, journal.task_id, journal.version, journal.hash,
    row_number() OVER rows_of_task AS place,
    journal_hash(coalesce(lag(journal.hash) OVER rows_of_task, ''), journal.task_id, journal.version, journal.at_ms,
      journal.path, journal.event::text, journal.state, journal.snapshot::text, journal.machine) AS expected
  FROM journal JOIN tasks ON tasks.account_id = journal.account_id AND tasks.id = journal.task_id
  WHERE $1::text IS NULL OR journal.task_id = $1
  WINDOW rows_of_task AS (PARTITION BY journal.account_id, journal.task_id ORDER BY journal.version)
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
  SELECT task_id, version, CASE WHEN version <> place THEN 'a row before it is missing' ELSE 'it was changed, or a row before it was' END
    AS problem
  FROM chained WHERE version <> place OR hash <> expected
  UNION ALL
  SELECT id, coalesce(last_version, 0), CASE
    WHEN last_version IS DISTINCT FROM version THEN 'rows after it are missing: the task is at version ' || version
    ELSE 'the task is not what its last row says' END
  FROM ends WHERE last_version IS DISTINCT FROM version OR last_hash IS DISTINCT FROM hash OR same IS NOT TRUE
)
SELECT DISTINCT ON (task_id) task_id AS "taskId", version, problem FROM faults ORDER BY task_id, version
