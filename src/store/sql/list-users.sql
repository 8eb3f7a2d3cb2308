-- Users with the number of their accounts, oldest first. $1 the only one to be seen, or null
SELECT users.id::text AS "userId", users.name, count(accounts.id)::int AS "accountsTotal"
FROM users LEFT JOIN accounts ON accounts.user_id = users.id
WHERE $1::bigint IS NULL OR users.id = $1
GROUP BY users.id
ORDER BY users.id
