-- A page of tasks by id, and whether the oldest row of each that is still in the journal is older than a moment. $1 ids after this
-- one, $2 how many, $3 before when (ms), $4 only this task, or null
SELECT page.id AS "taskId", accounts.name AS "accountName", users.name AS "userName",
  accounts.legal_hold_since IS NOT NULL AS "isOnHold", coalesce((
    SELECT written_at < to_timestamp($3::float8 / 1000) FROM journal
    WHERE journal.account_id = page.account_id AND journal.task_id = page.id
    ORDER BY version LIMIT 1
  ), false) AS "isOld"
FROM (
  SELECT account_id, id FROM tasks WHERE id > $1 AND ($4::text IS NULL OR id = $4) ORDER BY id LIMIT $2
) AS page
JOIN accounts ON accounts.id = page.account_id
JOIN users ON users.id = accounts.user_id
ORDER BY page.id
