-- The last alerts of one task and of its account, oldest first. $1 account, $2 task, $3 how many
SELECT * FROM (
  SELECT id::text AS "alertId", version, severity, code, figures, at_ms::float8 AS "atMs", delivered_at IS NOT NULL AS delivered
  FROM alerts
  WHERE account_id = $1 AND (task_id = $2 OR task_id IS NULL)
  ORDER BY id DESC
  LIMIT $3
) AS latest
ORDER BY "atMs", length("alertId"), "alertId"
