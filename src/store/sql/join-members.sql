-- This daemon is here and shares in the slices, until it says otherwise or its session ends. $1 lock class, $2 owner
SELECT pg_advisory_lock_shared($1, daemon_number($2))
