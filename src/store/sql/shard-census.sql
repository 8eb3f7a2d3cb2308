-- Every slice that has accounts, and how many daemons are here to share them, counted by the lock that each of them
-- shares. $1 environment, $2 number of slices, $3 lock class, $4 key of the members' lock
SELECT (id % $2)::int AS shard, array_agg(id::text ORDER BY id) AS "accountIds",
  (SELECT count(*)::int FROM pg_locks
   WHERE locktype = 'advisory' AND granted AND mode = 'ShareLock'
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
     AND classid = $3 AND objid = $4 AND objsubid = 2) AS members
FROM accounts
WHERE environment = $1
GROUP BY 1
ORDER BY 1
