-- Releases the lock of a slice. $1 lock class, $2 slice
SELECT pg_advisory_unlock($1, $2)
