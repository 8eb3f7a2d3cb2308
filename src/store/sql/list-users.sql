-- Users with the number of their accounts, oldest first.
SELECT users.id::text AS "userId", users.name, count(accounts.id)::int AS "accountsTotal"
FROM users LEFT JOIN accounts ON accounts.user_id = users.id
GROUP BY users.id
ORDER BY users.id
