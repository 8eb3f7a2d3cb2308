-- Seals by task and version. $1 only this task, or null, $2 after this task, $3 and this first version, $4 how many at most, $5 the
-- user whose accounts are to be seen, or null
SELECT task_id AS "taskId", from_version AS "fromVersion", to_version AS "toVersion", encode(first_hash, 'hex') AS "firstHash",
  encode(last_hash, 'hex') AS "lastHash", state, machine, snapshot::text AS "snapshotJson", encode(sha256, 'hex') AS sha256, place,
  (extract(epoch FROM sealed_at) * 1000)::bigint::float8 AS "sealedAtMs", removed_at IS NOT NULL AS "isRemoved"
FROM seals
WHERE ($1::text IS NULL OR task_id = $1) AND (task_id, from_version) > ($2, $3) AND ($5::bigint IS NULL OR EXISTS (
  SELECT FROM account_access WHERE account_access.account_id = seals.account_id AND account_access.user_id = $5
))
ORDER BY task_id, from_version
LIMIT $4
