-- Divides the oldest unplanned alerts among the channels that want them: of everybody who sees the account, and what is
-- critical also of an owner who sees it no more, because rolls under way go on with that person's money (due-deliveries.sql, too). A backup takes part only where its user has no other
-- channel. Returns how many alerts and which channels. OFFSET 0 keeps the planner from joining everybody with everybody.
-- $1 how many at most
WITH planning AS MATERIALIZED (
  SELECT account_id, id, task_id, severity, code, at_ms FROM alerts WHERE planned_at IS NULL ORDER BY id LIMIT $1
), made AS (
  INSERT INTO deliveries (channel_id, lane, account_id, alert_id, severity, at_ms, is_silent)
  SELECT channels.id, coalesce(planning.task_id, 'account ' || planning.account_id), planning.account_id, planning.id,
    planning.severity, planning.at_ms, coalesce(channels.overrides ->> planning.code = 'silent', false)
  FROM planning
  CROSS JOIN LATERAL (
    SELECT user_id FROM account_access WHERE account_access.account_id = planning.account_id
    UNION
    SELECT accounts.user_id FROM accounts WHERE accounts.id = planning.account_id AND planning.severity = 'critical'
    OFFSET 0
  ) AS reader
  CROSS JOIN LATERAL (
    SELECT * FROM channels WHERE channels.user_id = reader.user_id AND removed_at IS NULL AND is_enabled OFFSET 0
  ) AS channels
  WHERE CASE channels.overrides ->> planning.code
      WHEN 'off' THEN false
      WHEN 'on' THEN true
      WHEN 'silent' THEN true
      ELSE array_position(ARRAY['info', 'warning', 'critical'], planning.severity)
        >= array_position(ARRAY['info', 'warning', 'critical'], channels.noise)
    END
    AND (NOT channels.is_backup OR planning.severity = 'critical' AND NOT EXISTS (
      SELECT FROM channels AS other
      WHERE other.user_id = channels.user_id AND other.removed_at IS NULL AND other.is_enabled AND NOT other.is_backup
    ))
  ORDER BY planning.id, channels.rank, channels.id
  ON CONFLICT DO NOTHING
  RETURNING channel_id, account_id, alert_id
), planned AS (
  UPDATE alerts
  SET planned_at = now(), delivered_at = CASE
    WHEN EXISTS (SELECT FROM made WHERE made.alert_id = alerts.id) THEN alerts.delivered_at
    ELSE coalesce(alerts.delivered_at, now()) END
  FROM planning
  WHERE alerts.account_id = planning.account_id AND alerts.id = planning.id
)
SELECT (SELECT count(*)::int FROM planning) AS alerts,
  coalesce((SELECT array_agg(DISTINCT channel_id::text) FROM made), '{}') AS "channelIds"
