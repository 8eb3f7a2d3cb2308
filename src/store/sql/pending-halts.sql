-- Accounts of a living daemon in which one of some halts is not in force yet, or still is though it was lifted. $1 halts, $2 whether it
-- is to be in force, $3 number of slices, $4 classes of shard locks by environment (JSON)
WITH locks AS MATERIALIZED (
  SELECT classid::bigint AS class, objid::bigint AS key, number FROM pg_locks JOIN living_daemons USING (pid)
  WHERE locktype = 'advisory' AND granted AND objsubid = 2
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
), asked AS (
  SELECT 'halt:' || halts.id AS id, account_id, user_id FROM halts WHERE 'halt:' || halts.id = ANY ($1)
  UNION ALL
  SELECT 'notArmed:' || accounts.id, accounts.id, NULL FROM accounts WHERE 'notArmed:' || accounts.id = ANY ($1)
)
SELECT DISTINCT accounts.name AS "accountName", users.name AS "userName", split_part(owner, '/', 1) AS daemon
FROM asked JOIN accounts ON (asked.account_id IS NULL OR asked.account_id = accounts.id)
  AND (asked.user_id IS NULL OR asked.user_id = accounts.user_id)
JOIN users ON users.id = accounts.user_id
JOIN halts_in_force ON halts_in_force.account_id = accounts.id
WHERE (asked.id = ANY (halts_in_force.halts)) <> $2 AND EXISTS (
  SELECT FROM locks WHERE locks.number = daemon_number(owner) AND key = accounts.id % $3
    AND class = ($4::json ->> environment)::bigint
)
ORDER BY 2, 1
