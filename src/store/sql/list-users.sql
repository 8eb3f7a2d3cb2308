-- Users with the number of their accounts, oldest first. $1 the only one to be seen, who has to be let in, or null
SELECT users.id::text AS "userId", users.name, count(accounts.id)::int AS "accountsTotal"
FROM users LEFT JOIN accounts ON accounts.user_id = users.id
WHERE $1::bigint IS NULL OR users.id = (SELECT id FROM active_users WHERE id = $1)
GROUP BY users.id
ORDER BY users.id
