-- Due deliveries of some channels, oldest first, none before an earlier one of its lane, and whether the channel's user may
-- still see what they are about. OFFSET 0 keeps the planner from reading everybody's access. $1 channels, $2 how many of each
SELECT due.id::text AS "deliveryId", due.message_id::text AS "messageId", due.channel_id::text AS "channelId", due.lane,
  due.tries, due.severity, due.is_silent AS "isSilent", due.at_ms::float8 AS "atMs",
  coalesce(alerts.code, due.notice ->> 'code') AS code, coalesce(alerts.figures, due.notice -> 'figures') AS figures,
  due.account_id::text AS "accountId", accounts.name AS "accountName", alerts.task_id AS "taskId",
  extract(epoch FROM now() - due.created_at)::float8 * 1000 AS "ageMs",
  CASE WHEN due.account_id IS NULL THEN EXISTS (SELECT FROM active_users WHERE active_users.id = channels.user_id OFFSET 0)
    ELSE EXISTS (
      SELECT FROM account_access
      WHERE account_access.account_id = due.account_id AND account_access.user_id = channels.user_id OFFSET 0
    ) OR (due.severity = 'critical' AND accounts.user_id = channels.user_id) END AS "hasAccess",
  channels.kind, channels.address, users.time_zone AS "timeZone",
  channels.quiet_from::text AS "quietFrom", channels.quiet_until::text AS "quietUntil"
FROM unnest($1::bigint[]) AS wanted (channel_id)
CROSS JOIN LATERAL (
  SELECT * FROM deliveries
  WHERE deliveries.channel_id = wanted.channel_id AND deliveries.state = 'waiting' AND deliveries.next_at <= now()
    AND NOT EXISTS (
      SELECT FROM deliveries AS earlier
      WHERE earlier.channel_id = deliveries.channel_id AND earlier.lane = deliveries.lane AND earlier.id < deliveries.id
        AND earlier.state = 'waiting' AND earlier.next_at > now()
    )
  ORDER BY deliveries.id
  LIMIT $2
) AS due
JOIN channels ON channels.id = due.channel_id
JOIN users ON users.id = channels.user_id
LEFT JOIN alerts ON alerts.account_id = due.account_id AND alerts.id = due.alert_id
LEFT JOIN accounts ON accounts.id = due.account_id
ORDER BY due.id
