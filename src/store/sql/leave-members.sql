-- This daemon no longer shares the slices. $1 lock class, $2 owner
SELECT pg_advisory_unlock_shared($1, daemon_number($2))
