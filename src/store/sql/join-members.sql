-- Counts this daemon among those that share the slices, until it leaves or its session ends. $1 lock class, $2 owner
SELECT pg_advisory_lock_shared($1, daemon_number($2))
