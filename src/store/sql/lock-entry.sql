-- Waits until no halt is being written, and keeps others from it until the transaction ends. $1 lock
SELECT pg_advisory_xact_lock_shared($1::int, 0)
