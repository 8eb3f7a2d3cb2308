-- The end of a ban. $1 name
UPDATE users SET banned_at = NULL, ban_reason = NULL WHERE name = $1 AND banned_at IS NOT NULL RETURNING id::text AS "userId"
