-- Takes a lock for this session, and returns the backend that answers. $1, $2 lock
SELECT pg_backend_pid() AS pid, pg_try_advisory_lock($1::int, $2::int) AS "holdsLock"
