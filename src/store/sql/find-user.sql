-- A user by name. $1 name, $2 the only user to be seen, or null
SELECT id::text AS "userId" FROM users WHERE name = $1 AND ($2::bigint IS NULL OR id = $2)
