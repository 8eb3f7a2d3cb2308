-- A ban, or another reason for the one there is. $1 name, $2 reason
UPDATE users SET banned_at = coalesce(banned_at, now()), ban_reason = $2 WHERE name = $1 RETURNING id::text AS "userId"
