-- When a token was used last, to the minute. $1 token
UPDATE access_tokens SET last_used_at = now()
WHERE id = $1 AND coalesce(last_used_at < now() - interval '1 minute', true)
