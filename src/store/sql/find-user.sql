-- A user by name. $1 name, $2 the only user to be seen, who has to be let in, or null
SELECT id::text AS "userId" FROM users 
WHERE name = $1 AND ($2::bigint IS NULL OR id = (SELECT id FROM active_users WHERE id = $2))
