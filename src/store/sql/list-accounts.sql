-- Accounts without their secrets, with the daemon that manages each, or what living daemons noted about it. $1 user name or
-- null for everybody's, $2 number of slices, $3 classes of shard locks by environment (JSON), $4 the user whose accounts are
-- to be seen, or null
WITH locks AS MATERIALIZED (
  SELECT classid::bigint AS class, objid::bigint AS key, number FROM pg_locks JOIN living_daemons USING (pid)
  WHERE locktype = 'advisory' AND granted AND objsubid = 2
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
), states AS MATERIALIZED (
  SELECT account_id, owner, failure, number, EXISTS (
    SELECT FROM locks JOIN accounts ON accounts.id = account_id
    WHERE locks.number = living.number AND key = account_id % $2 AND class = ($3::json ->> environment)::bigint
  ) AS holds
  FROM account_states JOIN (SELECT DISTINCT number FROM living_daemons) AS living ON number = daemon_number(owner)
)
SELECT accounts.id::text AS "accountId", accounts.name, accounts.environment,
  CASE WHEN coalesce(access.role, 'owner') = 'owner' THEN accounts.api_key ELSE '' END AS "apiKey",
  users.id::text AS "userId", users.name AS "userName", coalesce(access.role, 'owner') AS role,
  CASE WHEN coalesce(access.role, 'owner') = 'owner' THEN coalesce((
    SELECT json_agg(json_build_object('userName', sharer.name, 'role', account_grants.role) ORDER BY sharer.name)
    FROM account_grants JOIN users AS sharer ON sharer.id = account_grants.user_id
    WHERE account_grants.account_id = accounts.id
  ), '[]') ELSE '[]' END AS grants, (
    SELECT count(*)::int FROM tasks
    WHERE tasks.account_id = accounts.id AND tasks.phase <> 'over'
  ) AS "tasksTotal", (
    SELECT split_part(owner, '/', 1) FROM states WHERE account_id = accounts.id AND failure IS NULL AND holds LIMIT 1
  ) AS daemon,
  CASE WHEN EXISTS (SELECT FROM states WHERE account_id = accounts.id AND failure IS NULL AND holds) THEN NULL
  ELSE coalesce((
    SELECT string_agg(DISTINCT failure, '; ') FROM states WHERE account_id = accounts.id AND failure IS NOT NULL
  ), CASE WHEN duplicate_of IS NOT NULL THEN 'it is the same account at the exchange as ' || coalesce((
    SELECT older.name || ' (id ' || older.id || ')' FROM accounts AS older WHERE older.id = accounts.duplicate_of AND ($4::bigint IS NULL OR EXISTS (
      SELECT FROM account_access WHERE account_access.account_id = older.id AND account_access.user_id = $4
    ))
  ), 'another one') END) END AS problem, accounts.trouble,
  accounts.key_standing AS "keyStanding"
FROM accounts JOIN users ON users.id = accounts.user_id
LEFT JOIN account_access AS access ON access.account_id = accounts.id AND access.user_id = $4
WHERE ($1::text IS NULL OR users.name = $1) AND ($4::bigint IS NULL OR access.role IS NOT NULL)
ORDER BY users.name, accounts.id
