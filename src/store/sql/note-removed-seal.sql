-- That no row of a seal is in the journal any more. $1 task, $2 first version of the seal
UPDATE seals SET removed_at = now()
WHERE task_id = $1 AND from_version = $2 AND removed_at IS NULL AND NOT EXISTS (
  SELECT FROM journal
  WHERE journal.account_id = seals.account_id AND journal.task_id = seals.task_id
    AND version BETWEEN seals.from_version AND seals.to_version
)
