-- Name of the session that holds an advisory lock. $1, $2 lock
SELECT activity.application_name AS name
FROM pg_locks JOIN pg_stat_activity AS activity USING (pid)
WHERE pg_locks.locktype = 'advisory' AND pg_locks.granted AND classid::bigint = $1::int AND objid::bigint = $2::int
