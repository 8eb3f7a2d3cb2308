-- Valid tokens with their users. $1 hashes of the tokens
SELECT access_tokens.id::text AS "tokenId", access_tokens.scope, token_hash AS "tokenHash", users.id::text AS "userId", users.name,
  users.banned_at IS NOT NULL AS "isBanned", coalesce(users.access_until <= now(), false) AS "hasEnded",
  coalesce(last_used_at < now() - interval '1 minute', true) AS "isUseDue",
  ARRAY(SELECT kind || ':' || identities.id FROM identities WHERE identities.user_id = users.id) AS identities
FROM access_tokens JOIN users ON users.id = access_tokens.user_id
WHERE token_hash = ANY ($1::bytea[]) AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
