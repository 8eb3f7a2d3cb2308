-- This daemon is here and shares in the slices, until it says otherwise or its session ends. $1 lock class, $2 key
SELECT pg_advisory_lock_shared($1, $2)
