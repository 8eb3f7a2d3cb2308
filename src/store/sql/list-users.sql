-- Users with the number of their accounts, oldest first. $1 the only one to be seen, who has to be let in, or null
SELECT users.id::text AS "userId", users.name, count(accounts.id)::int AS "accountsTotal",
  (extract(epoch FROM users.access_until) * 1000)::bigint::float8 AS "accessUntilMs",
  (extract(epoch FROM users.banned_at) * 1000)::bigint::float8 AS "bannedAtMs", users.ban_reason AS "banReason"
FROM users LEFT JOIN accounts ON accounts.user_id = users.id
WHERE $1::bigint IS NULL OR users.id = (SELECT id FROM active_users WHERE id = $1)
GROUP BY users.id
ORDER BY users.id
