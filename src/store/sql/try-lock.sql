-- Takes a lock for this session if no other session holds it. $1, $2 lock
SELECT pg_try_advisory_lock($1::int, $2::int) AS locked
