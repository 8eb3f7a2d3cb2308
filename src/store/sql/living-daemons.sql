-- The daemons of an environment whose lock sessions live, with what each holds. $1 class of shard locks, $2 class of member
-- locks, $3 number of slices, $4 environment, $5 owner that is this daemon, or null
WITH locks AS MATERIALIZED (
  SELECT classid::bigint AS class, objid::bigint AS key, pid FROM pg_locks
  WHERE locktype = 'advisory' AND granted AND objsubid = 2
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
), living AS MATERIALIZED (
  SELECT number, pid FROM living_daemons
)
SELECT substr(application_name, length('rollkeeper shards ') + 1) AS name,
  $5::text IS NOT NULL AND number = daemon_number($5) AS "isThisOne", (
    SELECT count(*)::int FROM locks WHERE class = $1 AND locks.pid = living.pid
  ) AS shards, (
    SELECT count(*)::int FROM accounts JOIN locks ON class = $1 AND key = accounts.id % $3
    WHERE locks.pid = living.pid AND accounts.environment = $4
  ) AS accounts
FROM living JOIN pg_stat_activity USING (pid)
WHERE EXISTS (SELECT FROM locks WHERE class IN ($1, $2) AND locks.pid = living.pid)
ORDER BY 1, number
