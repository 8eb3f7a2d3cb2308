-- $1 name
SELECT id::text AS "userId" FROM users WHERE name = $1
