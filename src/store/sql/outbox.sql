-- The newest alerts with what became of them at each channel, oldest first; an alert without channels is one row. $1 the only
-- task, or null, $2 how many alerts at most, $3 the only user to be seen, or null
WITH alerted AS (
  SELECT latest.id AS alert_id, accounts.name AS "accountName", latest.account_id, latest.task_id, latest.severity, latest.code,
    latest.figures, latest.at_ms, NULL::bigint AS delivery_id
  FROM accounts CROSS JOIN LATERAL (
    SELECT * FROM alerts
    WHERE alerts.account_id = accounts.id AND ($1::text IS NULL OR alerts.task_id = $1)
    ORDER BY alerts.id DESC
    LIMIT $2
  ) AS latest
  WHERE $3::bigint IS NULL OR EXISTS (
    SELECT FROM account_access WHERE account_access.account_id = accounts.id AND account_access.user_id = $3
  )
), noticed AS (
  SELECT NULL::bigint, NULL::text, NULL::bigint, NULL::text, severity, notice ->> 'code', notice -> 'figures', at_ms, deliveries.id
  FROM deliveries JOIN channels ON channels.id = deliveries.channel_id
  WHERE notice IS NOT NULL AND $1::text IS NULL
    AND ($3::bigint IS NULL OR channels.user_id IN (SELECT id FROM active_users WHERE id = $3))
  ORDER BY at_ms DESC
  LIMIT $2
), found AS (
  SELECT * FROM (SELECT * FROM alerted UNION ALL SELECT * FROM noticed) AS both_kinds
  ORDER BY at_ms DESC, alert_id DESC NULLS LAST
  LIMIT $2
)
SELECT found.alert_id::text AS "alertId", found."accountName", found.task_id AS "taskId", found.severity, found.code, found.figures,
  found.at_ms::float8 AS "atMs", deliveries.id::text AS "deliveryId", channels.name AS "channelName", channels.kind,
  users.name AS "userName", deliveries.state, deliveries.tries, deliveries.said,
  CASE WHEN deliveries.state = 'waiting' THEN (extract(epoch FROM deliveries.next_at) * 1000)::bigint::float8 END AS "nextAtMs",
  (extract(epoch FROM deliveries.ended_at) * 1000)::bigint::float8 AS "endedAtMs"
FROM found
LEFT JOIN (
  deliveries JOIN channels ON channels.id = deliveries.channel_id JOIN users ON users.id = channels.user_id
) ON (deliveries.id = found.delivery_id OR deliveries.alert_id = found.alert_id)
  AND ($3::bigint IS NULL OR users.id = $3)
ORDER BY found.at_ms, found.alert_id, deliveries.id
