-- One user with what lets them in. $1 name, or null for the user of the scope, $2 the only user to be seen, who has to be let
-- in, or null
SELECT users.id::text AS "userId", users.name,
  (extract(epoch FROM users.access_until) * 1000)::bigint::float8 AS "accessUntilMs",
  (extract(epoch FROM users.banned_at) * 1000)::bigint::float8 AS "bannedAtMs", users.ban_reason AS "banReason",
  ARRAY(
    SELECT identities.kind || ':' || identities.id FROM identities WHERE identities.user_id = users.id ORDER BY linked_at, id
  ) AS identities
FROM users
WHERE ($1::text IS NULL OR users.name = $1) AND ($1::text IS NOT NULL OR $2::bigint IS NOT NULL)
  AND ($2::bigint IS NULL OR users.id = (SELECT id FROM active_users WHERE id = $2))
