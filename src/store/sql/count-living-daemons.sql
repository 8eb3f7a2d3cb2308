-- How many daemons live on this database, of every environment, in any schema. $1 class of the locks of living daemons
SELECT count(DISTINCT objid)::int AS count FROM pg_locks
WHERE locktype = 'advisory' AND granted AND mode = 'ShareLock' AND objsubid = 2 AND classid::bigint = $1
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
