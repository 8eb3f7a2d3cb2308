-- Removes some rows of a journal that a seal covers, the oldest first, and none of an account under legal hold. $1 task, $2 first version of the seal, $3 how many at most
WITH sealed AS (
  SELECT seals.account_id, seals.task_id, seals.to_version, (
    SELECT min(version) FROM journal
    WHERE journal.account_id = seals.account_id AND journal.task_id = seals.task_id AND version >= seals.from_version
  ) AS next_version
  FROM tasks JOIN seals ON seals.account_id = tasks.account_id AND seals.task_id = tasks.id
  JOIN accounts ON accounts.id = tasks.account_id AND accounts.legal_hold_since IS NULL
  WHERE tasks.id = $1 AND seals.from_version = $2
), removed AS (
  DELETE FROM journal USING sealed
  WHERE journal.account_id = sealed.account_id AND journal.task_id = sealed.task_id
    AND journal.version BETWEEN sealed.next_version AND least(sealed.to_version, sealed.next_version + $3::int - 1)
  RETURNING journal.version
)
SELECT count(*)::int AS removed FROM removed
