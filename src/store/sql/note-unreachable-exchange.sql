-- The exchange cannot be reached by a daemon that starts: notes it for the accounts that no daemon holds, with one alert
-- for each. $1 environment, $2 the trouble, $3 severity, $4 code of the alert, $5 the problem, $6 time, $7 class of
-- the shards' locks, $8 number of shards
WITH noted AS (
  UPDATE accounts SET trouble = $2::json
  WHERE environment = $1 AND trouble IS NULL AND NOT EXISTS (
    SELECT FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND mode = 'ExclusiveLock' AND classid::bigint = $7::bigint
      AND objid::bigint = accounts.id % $8::bigint AND objsubid = 2
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
  )
  RETURNING id, name
)
INSERT INTO alerts (account_id, severity, code, figures, at_ms)
SELECT id, $3::text, $4::text, json_build_object('name', name, 'said', $5::text), $6::bigint FROM noted
