-- When a session was used last, to the minute. $1 session
UPDATE sessions SET used_at = now() WHERE id = $1 AND used_at < now() - interval '1 minute'
