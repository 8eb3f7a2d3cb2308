-- The journal of one task in order, of each snapshot only what a roll and its order stand at. $1 task, $2 first version, $3 how many
-- at most, $4 the user whose accounts are to be seen, or null
SELECT journal.version, journal.at_ms::float8 AS "atMs", journal.path, journal.event::text AS "eventJson", journal.state,
  journal.snapshot->'context'->'roll'->>'rollId' AS "rollId", (
    SELECT child.value->'snapshot'->'value' FROM json_each(journal.snapshot->'children') AS child
    WHERE child.value->'snapshot'->'context'->'progress' IS NOT NULL LIMIT 1
  ) AS "orderValue"
FROM tasks JOIN journal ON journal.account_id = tasks.account_id AND journal.task_id = tasks.id
WHERE tasks.id = $1 AND journal.version >= $2 AND ($4::bigint IS NULL OR EXISTS (
  SELECT FROM account_access WHERE account_access.account_id = tasks.account_id AND account_access.user_id = $4
))
ORDER BY journal.version
LIMIT $3
