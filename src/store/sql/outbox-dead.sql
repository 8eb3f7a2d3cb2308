-- The newest deliveries that were given up, oldest first. $1 the only task, or null, $2 how many at most, $3 the only user to be
-- seen, or null
WITH given_up AS (
  SELECT deliveries.id FROM deliveries JOIN channels ON channels.id = deliveries.channel_id
  WHERE deliveries.state = 'dead' AND ($1::text IS NULL OR deliveries.lane = $1)
    AND ($3::bigint IS NULL OR channels.user_id IN (SELECT id FROM active_users WHERE id = $3))
  ORDER BY deliveries.id DESC
  LIMIT $2
), found AS (
  SELECT deliveries.id AS delivery_id, deliveries.alert_id, accounts.name AS "accountName", alerts.task_id, deliveries.severity,
    coalesce(alerts.code, deliveries.notice ->> 'code') AS code, coalesce(alerts.figures, deliveries.notice -> 'figures') AS figures,
    deliveries.at_ms
  FROM given_up JOIN deliveries USING (id)
  LEFT JOIN alerts ON alerts.account_id = deliveries.account_id AND alerts.id = deliveries.alert_id
  LEFT JOIN accounts ON accounts.id = deliveries.account_id
  WHERE deliveries.account_id IS NULL OR $3::bigint IS NULL OR EXISTS (
    SELECT FROM account_access WHERE account_access.account_id = deliveries.account_id AND account_access.user_id = $3
  )
)
SELECT found.alert_id::text AS "alertId", found."accountName", found.task_id AS "taskId", found.severity, found.code, found.figures,
  found.at_ms::float8 AS "atMs", deliveries.id::text AS "deliveryId", channels.name AS "channelName", channels.kind,
  users.name AS "userName", deliveries.state, deliveries.tries, deliveries.said,
  CASE WHEN deliveries.state = 'waiting' THEN (extract(epoch FROM deliveries.next_at) * 1000)::bigint::float8 END AS "nextAtMs",
  (extract(epoch FROM deliveries.ended_at) * 1000)::bigint::float8 AS "endedAtMs"
FROM found
JOIN deliveries ON deliveries.id = found.delivery_id
JOIN channels ON channels.id = deliveries.channel_id
JOIN users ON users.id = channels.user_id
ORDER BY deliveries.id
