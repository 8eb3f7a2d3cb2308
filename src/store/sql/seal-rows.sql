-- Seals rows that are still what was written to the file, right after what is sealed already, and nothing of an account under legal
-- hold. $1 task, $2 first version, $3 last version, $4 hash of the first row (hex), $5 of the last, $6 SHA-256 of the file (hex),
-- $7 its place
INSERT INTO seals (account_id, task_id, from_version, to_version, first_hash, last_hash, state, machine, snapshot, sha256, place)
SELECT tasks.account_id, tasks.id, first.version, last.version, first.hash, last.hash, last.state, last.machine, last.snapshot,
  decode($6, 'hex'), $7
FROM tasks
JOIN accounts ON accounts.id = tasks.account_id AND accounts.legal_hold_since IS NULL
JOIN journal AS first ON first.account_id = tasks.account_id AND first.task_id = tasks.id AND first.version = $2::int
JOIN journal AS last ON last.account_id = tasks.account_id AND last.task_id = tasks.id AND last.version = $3::int
WHERE tasks.id = $1 AND tasks.version > $3::int AND first.hash = decode($4, 'hex') AND last.hash = decode($5, 'hex')
  AND $2::int - 1 = coalesce((
    SELECT max(to_version) FROM seals WHERE seals.account_id = tasks.account_id AND seals.task_id = tasks.id
  ), 0)
ON CONFLICT DO NOTHING
RETURNING account_id::text AS "accountId"
