-- Takes a token back. $1 user, $2 name of the token
UPDATE access_tokens SET revoked_at = now() WHERE user_id = $1 AND name = $2 AND revoked_at IS NULL
RETURNING id::text AS "tokenId", name, scope,
  (extract(epoch FROM created_at) * 1000)::bigint::float8 AS "createdAtMs",
  (extract(epoch FROM expires_at) * 1000)::bigint::float8 AS "expiresAtMs",
  (extract(epoch FROM last_used_at) * 1000)::bigint::float8 AS "lastUsedAtMs"
