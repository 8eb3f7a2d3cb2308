-- This daemon takes no further share in the slices. $1 lock class, $2 owner
SELECT pg_advisory_unlock_shared($1, daemon_number($2))
