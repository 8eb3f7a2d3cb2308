-- This daemon takes no further share in the slices. $1 lock class, $2 key
SELECT pg_advisory_unlock_shared($1, $2)
