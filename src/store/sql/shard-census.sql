-- Every slice that has accounts, the daemons that hold it or failed at it, and the daemons that share the slices, known by
-- the locks of their sessions. $1 environment, $2 number of slices, $3 class of shard locks, $4 class of member locks,
-- $5 owner
WITH locks AS MATERIALIZED (
  SELECT classid::bigint AS class, objid::bigint::integer AS key, pid FROM pg_locks
  WHERE locktype = 'advisory' AND granted AND objsubid = 2
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
), living AS MATERIALIZED (
  SELECT number, pid FROM living_daemons
), states AS MATERIALIZED (
  SELECT account_id, living.number, failure, coalesce(stay_away_until > now(), false) AS stays_away
  FROM account_states JOIN living ON living.number = daemon_number(owner)
  WHERE NOT for_everybody
), member AS MATERIALIZED (
  SELECT DISTINCT key FROM locks WHERE class = $4
), members AS (
  SELECT json_agg(json_build_object('number', key, 'isDoubtful', EXISTS (
      SELECT FROM states WHERE number = key AND failure IS NOT NULL AND stays_away
    ) AND NOT EXISTS (SELECT FROM states WHERE number = key AND failure IS NULL)) ORDER BY key) AS list
  FROM member
), slices AS (
  SELECT (id % $2)::integer AS shard, array_agg(id::text ORDER BY id) AS ids,
    coalesce(array_agg(id::text ORDER BY id) FILTER (WHERE duplicate_of IS NOT NULL), '{}') AS duplicates
  FROM accounts WHERE environment = $1 GROUP BY 1
), failures AS (
  SELECT (account_id % $2)::integer AS shard, array_agg(DISTINCT number) AS failed,
    array_agg(DISTINCT number) FILTER (WHERE stays_away) AS away
  FROM states WHERE failure IS NOT NULL GROUP BY 1
), unmanageable AS (
  SELECT (account_id % $2)::integer AS shard, array_agg(account_id::text ORDER BY account_id) AS ids FROM (
    SELECT account_id FROM states JOIN member ON key = number WHERE failure IS NOT NULL
    GROUP BY 1 HAVING count(*) = (SELECT count(*) FROM member)
  ) AS account GROUP BY 1
)
SELECT shard, slices.ids AS "accountIds", duplicates,
  NOT EXISTS (SELECT FROM locks WHERE class = $3 AND key = shard) AS "isFree",
  (SELECT min(number) FROM locks JOIN living USING (pid) WHERE class = $3 AND key = shard) AS holder,
  EXISTS (SELECT FROM locks WHERE class = $3 AND key = shard AND pid = pg_backend_pid()) AS "isHeldHere",
  coalesce(failed, '{}') AS "failedBy", coalesce(away, '{}') AS "avoidedBy",
  coalesce(unmanageable.ids, '{}') AS unmanageable,
  coalesce((SELECT list FROM members), '[]') AS members, daemon_number($5) AS "ownNumber"
FROM slices LEFT JOIN failures USING (shard) LEFT JOIN unmanageable USING (shard)
ORDER BY shard
