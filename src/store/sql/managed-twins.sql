-- Duplicates of an account that a living daemon still manages. $1 account, $2 number of slices, $3 classes of shard locks
SELECT twin.id::text AS "accountId", twin.name, users.name AS "userName", false AS "sameKey"
FROM accounts AS twin JOIN users ON users.id = twin.user_id
JOIN account_states ON account_states.account_id = twin.id AND failure IS NULL
JOIN living_daemons ON living_daemons.number = daemon_number(account_states.owner)
JOIN pg_locks ON pg_locks.pid = living_daemons.pid AND locktype = 'advisory' AND granted
  AND classid::bigint = ANY ($3::bigint[]) AND objid::bigint = twin.id % $2
WHERE twin.duplicate_of = $1
