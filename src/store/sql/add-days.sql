-- Days of access beyond what a user has; a user without an end keeps none. $1 user, $2 days
UPDATE users SET access_until = greatest(access_until, now()) + make_interval(days => $2::int)
WHERE id = $1 AND access_until IS NOT NULL
