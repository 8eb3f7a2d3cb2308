-- Releases one shared lock. $1, $2 lock
SELECT pg_advisory_unlock_shared($1::int, $2::int)
