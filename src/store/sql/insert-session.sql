-- A new session; those that ended a day ago are forgotten. $1 hash of its secret, $2 user or null, $3 token or null, $4 from
-- where, $5 until when at the latest (ms)
WITH forgotten AS (DELETE FROM sessions WHERE expires_at < now() - interval '1 day')
INSERT INTO sessions (secret_hash, user_id, token_id, came_from, expires_at)
VALUES ($1, $2, $3, $4, least(
  to_timestamp($5::float8 / 1000), (SELECT expires_at FROM access_tokens WHERE id = $3)
))
RETURNING id::text AS "sessionId"
