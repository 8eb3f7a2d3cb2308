-- Sessions that have not ended, with their users and tokens; one that nobody used for a day has ended. $1 hashes of their secrets
SELECT sessions.id::text AS "sessionId", sessions.secret_hash AS "secretHash", sessions.token_id::text AS "tokenId",
  coalesce(access_tokens.scope, 'manage') AS scope,
  (extract(epoch FROM sessions.expires_at) * 1000)::bigint::float8 AS "expiresAtMs",
  sessions.used_at < now() - interval '1 minute' AS "isUseDue",
  users.id::text AS "userId", users.name, users.banned_at IS NOT NULL AS "isBanned",
  coalesce(users.access_until <= now(), false) AS "hasEnded",
  ARRAY(SELECT kind || ':' || identities.id FROM identities WHERE identities.user_id = users.id) AS identities
FROM sessions
LEFT JOIN users ON users.id = sessions.user_id
LEFT JOIN access_tokens ON access_tokens.id = sessions.token_id
WHERE secret_hash = ANY ($1::bytea[]) AND sessions.expires_at > now() AND used_at > now() - interval '1 day'
  AND (sessions.token_id IS NULL
    OR (access_tokens.revoked_at IS NULL AND (access_tokens.expires_at IS NULL OR access_tokens.expires_at > now())))
