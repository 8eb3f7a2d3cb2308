-- The newest alerts with what became of them at each channel, oldest first; an alert without channels is one row. $1 whether
-- only those that were given up, $2 the only task, or null, $3 how many at most, $4 the only user to be seen, or null
SELECT * FROM (
  SELECT alerts.id::text AS "alertId", accounts.name AS "accountName", alerts.task_id AS "taskId", alerts.severity, alerts.code,
    alerts.figures, alerts.at_ms::float8 AS "atMs", deliveries.id::text AS "deliveryId", channels.name AS "channelName",
    channels.kind, users.name AS "userName", deliveries.state, deliveries.tries, deliveries.said,
    CASE WHEN deliveries.state = 'waiting' THEN (extract(epoch FROM deliveries.next_at) * 1000)::bigint::float8 END AS "nextAtMs",
    (extract(epoch FROM deliveries.ended_at) * 1000)::bigint::float8 AS "endedAtMs"
  FROM alerts
  JOIN accounts ON accounts.id = alerts.account_id
  LEFT JOIN (
    deliveries JOIN channels ON channels.id = deliveries.channel_id JOIN users ON users.id = channels.user_id
  ) ON deliveries.account_id = alerts.account_id AND deliveries.alert_id = alerts.id AND ($4::bigint IS NULL OR users.id = $4)
  WHERE ($4::bigint IS NULL OR EXISTS (
      SELECT FROM account_access WHERE account_access.account_id = alerts.account_id AND account_access.user_id = $4
    ))
    AND ($2::text IS NULL OR alerts.task_id = $2)
    AND (NOT $1 OR deliveries.state = 'dead')
  UNION ALL
  SELECT NULL, NULL, NULL, deliveries.severity, deliveries.notice ->> 'code', deliveries.notice -> 'figures',
    deliveries.at_ms::float8, deliveries.id::text, channels.name, channels.kind, users.name, deliveries.state, deliveries.tries,
    deliveries.said,
    CASE WHEN deliveries.state = 'waiting' THEN (extract(epoch FROM deliveries.next_at) * 1000)::bigint::float8 END,
    (extract(epoch FROM deliveries.ended_at) * 1000)::bigint::float8
  FROM deliveries JOIN channels ON channels.id = deliveries.channel_id JOIN users ON users.id = channels.user_id
  WHERE deliveries.notice IS NOT NULL AND $2::text IS NULL AND (NOT $1 OR deliveries.state = 'dead')
    AND ($4::bigint IS NULL OR users.id IN (SELECT id FROM active_users WHERE id = $4))
  ORDER BY 7 DESC, length("deliveryId") DESC, "deliveryId" DESC
  LIMIT $3
) AS newest
ORDER BY "atMs", length("deliveryId"), "deliveryId"
