-- Whether a person is let in. $1 kind, $2 id of the identity
SELECT users.id::text AS "userId", users.name, users.banned_at IS NOT NULL AS "isBanned",
  coalesce(users.access_until <= now(), false) AS "hasEnded",
  ARRAY(SELECT other.kind || ':' || other.id FROM identities AS other WHERE other.user_id = users.id) AS identities
FROM identities JOIN users ON users.id = identities.user_id
WHERE identities.kind = $1 AND identities.id = $2
