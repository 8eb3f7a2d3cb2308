-- The exchange cannot be reached by a daemon that starts: notes it for the accounts that no daemon holds, with one alert
-- for each. $1 environment, $2 the trouble, $3 severity, $4 text with {name} for the account's name, $5 time, $6 class of
-- the shards' locks, $7 number of shards
WITH noted AS (
  UPDATE accounts SET trouble = $2::json
  WHERE environment = $1 AND trouble IS NULL AND NOT EXISTS (
    SELECT FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND mode = 'ExclusiveLock' AND classid::bigint = $6::bigint
      AND objid::bigint = accounts.id % $7::bigint AND objsubid = 2
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  )
  RETURNING id, name
)
INSERT INTO alerts (account_id, severity, text, at_ms)
SELECT id, $3::text, replace($4::text, '{name}', name), $5::bigint FROM noted
