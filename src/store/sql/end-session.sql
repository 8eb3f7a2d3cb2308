-- Ends a session. $1 hash of its secret
DELETE FROM sessions WHERE secret_hash = $1 RETURNING id::text AS "sessionId", user_id::text AS "userId"
