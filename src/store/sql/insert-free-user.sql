-- A new user under a name that no other has, whatever its case; no row when there is one. $1 name, $2 days of access or null
INSERT INTO users (name, access_until)
SELECT $1, now() + make_interval(days => $2::int)
WHERE NOT EXISTS (SELECT FROM users WHERE lower(name) = lower($1))
ON CONFLICT DO NOTHING
RETURNING id::text AS "userId", name
