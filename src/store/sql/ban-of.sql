-- Whether a user is banned, the row locked so that no ban comes between. $1 user
SELECT banned_at IS NOT NULL AS "isBanned" FROM users WHERE id = $1 FOR UPDATE
