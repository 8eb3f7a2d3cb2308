-- Critical alerts that a channel has not delivered go to the next channel of its user, unless the user has the alert by now.
-- Returns the channels that received something. $1 how long a channel may take (ms)
WITH stuck AS MATERIALIZED (
  SELECT deliveries.id, deliveries.account_id, deliveries.alert_id, deliveries.lane, deliveries.at_ms, deliveries.notice,
    channels.user_id
  FROM deliveries JOIN channels ON channels.id = deliveries.channel_id
  WHERE deliveries.severity = 'critical' AND deliveries.passed_on_at IS NULL AND deliveries.state IN ('waiting', 'dead')
    AND (deliveries.state = 'dead' OR deliveries.created_at < now() - $1::float8 * interval '1 millisecond')
  ORDER BY deliveries.created_at
  LIMIT 500
), marked AS (
  UPDATE deliveries SET passed_on_at = now() FROM stuck WHERE deliveries.id = stuck.id
), passed AS (
  INSERT INTO deliveries (channel_id, lane, account_id, alert_id, severity, at_ms)
  SELECT following.id, stuck.lane, stuck.account_id, stuck.alert_id, 'critical', stuck.at_ms
  FROM (
    SELECT DISTINCT ON (alert_id, user_id) * FROM stuck WHERE alert_id IS NOT NULL ORDER BY alert_id, user_id, id
  ) AS stuck
  JOIN alerts ON alerts.account_id = stuck.account_id AND alerts.id = stuck.alert_id
  CROSS JOIN LATERAL (
    SELECT FROM account_access
    WHERE account_access.account_id = stuck.account_id AND account_access.user_id = stuck.user_id
    OFFSET 0
  ) AS allowed
  CROSS JOIN LATERAL (
    SELECT channels.id FROM channels
    WHERE channels.user_id = stuck.user_id AND channels.removed_at IS NULL AND channels.is_enabled
      AND channels.overrides ->> alerts.code IS DISTINCT FROM 'off'
      AND NOT EXISTS (
        SELECT FROM deliveries AS known WHERE known.alert_id = stuck.alert_id AND known.channel_id = channels.id
      )
    ORDER BY channels.rank, channels.id
    LIMIT 1
  ) AS following
  WHERE NOT EXISTS (
    SELECT FROM deliveries AS done JOIN channels ON channels.id = done.channel_id
    WHERE done.alert_id = stuck.alert_id AND done.state = 'delivered' AND channels.user_id = stuck.user_id
  )
  ORDER BY stuck.alert_id
  ON CONFLICT DO NOTHING
  RETURNING channel_id
)
SELECT DISTINCT channel_id::text AS "channelId" FROM passed
