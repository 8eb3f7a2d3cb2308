-- What people did, oldest first. $1 name of a user who did it, to whom it was done or whose account it was, or null;
-- $2 since when (ms) or null, $3 the newest so many, $4 a user who sees what they did and what was done to their
-- accounts, or null for everything
WITH wanted AS (
  SELECT audit.* FROM audit
  LEFT JOIN accounts ON accounts.id = audit.account_id
  WHERE ($1::text IS NULL OR EXISTS (
    SELECT FROM users WHERE users.name = $1
      AND (audit.actor = 'user:' || users.id OR audit.user_id = users.id OR accounts.user_id = users.id)
  ))
    AND ($2::float8 IS NULL OR audit.at >= to_timestamp($2::float8 / 1000))
    AND ($4::bigint IS NULL OR EXISTS (
      SELECT FROM active_users WHERE active_users.id = $4
        AND (audit.actor = 'user:' || active_users.id OR accounts.user_id = active_users.id)
    ))
  ORDER BY audit.id DESC
  LIMIT $3
)
SELECT wanted.id::text AS "auditId", (extract(epoch FROM wanted.at) * 1000)::bigint::float8 AS "atMs", wanted.actor AS by,
  doer.name AS "byName", wanted.came_from AS "from", wanted.act, accounts.name AS "accountName", owner.name AS "ownerName",
  wanted.task_id AS "taskId", concerned.name AS "userName", wanted.details
FROM wanted
LEFT JOIN users AS doer ON wanted.actor = 'user:' || doer.id
LEFT JOIN accounts ON accounts.id = wanted.account_id
LEFT JOIN users AS owner ON owner.id = accounts.user_id
LEFT JOIN users AS concerned ON concerned.id = wanted.user_id
ORDER BY wanted.id
