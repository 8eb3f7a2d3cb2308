-- A new one-time link; those that expired a day ago are forgotten. $1 hash of its code, $2 user or null, $3 until when (ms)
WITH forgotten AS (DELETE FROM sign_in_links WHERE expires_at < now() - interval '1 day')
INSERT INTO sign_in_links (code_hash, user_id, expires_at) VALUES ($1, $2, to_timestamp($3::float8 / 1000))
