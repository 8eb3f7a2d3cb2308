-- Alerts that are not delivered yet, oldest first. $1 accounts, $2 how many at most
SELECT alerts.id::text AS "alertId", alerts.account_id::text AS "accountId", accounts.name AS "accountName",
  users.name AS "userName", alerts.task_id AS "taskId", alerts.version, alerts.severity, alerts.code,
  alerts.figures, alerts.at_ms::float8 AS "atMs"
FROM alerts
JOIN accounts ON accounts.id = alerts.account_id
JOIN users ON users.id = accounts.user_id
WHERE alerts.account_id = ANY ($1::bigint[]) AND alerts.delivered_at IS NULL
ORDER BY alerts.id
LIMIT $2
