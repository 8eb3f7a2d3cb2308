-- Accounts without their secrets; $1 user name or null for everybody's.
SELECT accounts.id::text AS "accountId", accounts.name, accounts.environment, accounts.api_key AS "apiKey",
  users.id::text AS "userId", users.name AS "userName", (
    SELECT count(*)::int FROM tasks
    WHERE tasks.account_id = accounts.id AND split_part(tasks.state, '.', 1) <> 'COMPLETED'
  ) AS "tasksTotal", accounts.trouble
FROM accounts JOIN users ON users.id = accounts.user_id
WHERE $1::text IS NULL OR users.name = $1
ORDER BY users.name, accounts.id
