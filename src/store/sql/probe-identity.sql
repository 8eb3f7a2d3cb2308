-- The backend that answers, and whether the server shows the lock as held by it. $1, $2 lock
SELECT pg_backend_pid() AS pid, EXISTS (
  SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid()
    AND classid::bigint = $1::int AND objid::bigint = $2::int
) AS "holdsLock"
