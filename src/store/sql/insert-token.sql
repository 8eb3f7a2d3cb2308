-- A new access token of a user. $1 user, $2 name, $3 hash, $4 scope, $5 until when (ms) or null
INSERT INTO access_tokens (user_id, name, token_hash, scope, expires_at)
VALUES ($1, $2, $3, $4, to_timestamp($5::float8 / 1000))
RETURNING id::text AS "tokenId"
