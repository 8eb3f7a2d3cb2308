-- A user by name. $1 name
SELECT id::text AS "userId" FROM users WHERE name = $1
