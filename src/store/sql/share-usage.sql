-- Waits while a process is stopping the server. $1, $2 lock
SELECT pg_advisory_lock_shared($1::int, $2::int)
