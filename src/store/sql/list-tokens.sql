-- Tokens that are not revoked, oldest first. $1 user or null for all
SELECT access_tokens.id::text AS "tokenId", access_tokens.name, users.name AS "userName", scope,
  (extract(epoch FROM access_tokens.created_at) * 1000)::bigint::float8 AS "createdAtMs",
  (extract(epoch FROM expires_at) * 1000)::bigint::float8 AS "expiresAtMs",
  (extract(epoch FROM last_used_at) * 1000)::bigint::float8 AS "lastUsedAtMs"
FROM access_tokens JOIN users ON users.id = access_tokens.user_id
WHERE revoked_at IS NULL AND ($1::bigint IS NULL OR users.id = $1)
ORDER BY access_tokens.id
