-- How far the journal of each task goes. $1 only tasks that moved within so many ms, or null, $2 the user whose accounts are to be
-- seen, or null
SELECT id AS "taskId", account_id::text AS "accountId", version FROM tasks
WHERE ($1::float8 IS NULL OR updated_at >= clock_timestamp() - $1::float8 * interval '1 millisecond')
  AND ($2::bigint IS NULL OR EXISTS (
    SELECT FROM account_access WHERE account_access.account_id = tasks.account_id AND account_access.user_id = $2
  ))
