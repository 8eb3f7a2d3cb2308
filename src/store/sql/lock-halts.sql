-- Waits until no account is being entered by a daemon, and keeps others from it until the transaction ends. $1 lock
SELECT pg_advisory_xact_lock($1::int, 0)
