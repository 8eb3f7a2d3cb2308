-- Alerts users whose access ends in 7, 3 or 1 days, or has ended: once each, at their oldest account
WITH due AS (
  SELECT users.id, users.name, access_until, (
    SELECT min(days) FROM unnest(ARRAY[0, 1, 3, 7]) AS days WHERE access_until - now() <= days * interval '1 day'
  ) AS days
  FROM users WHERE banned_at IS NULL AND access_until <= now() + interval '7 days'
), noted AS (
  INSERT INTO access_warnings (user_id, access_until, days_before)
  SELECT id, access_until, days FROM due ON CONFLICT DO NOTHING RETURNING user_id, access_until, days_before
)
INSERT INTO alerts (account_id, severity, code, figures, at_ms)
SELECT (SELECT min(accounts.id) FROM accounts WHERE accounts.user_id = noted.user_id),
  CASE WHEN days_before = 0 THEN 'critical' ELSE 'warning' END,
  CASE WHEN days_before = 0 THEN 'accessEnded' ELSE 'accessEnds' END,
  json_build_object('user', due.name, 'untilMs', floor(extract(epoch FROM noted.access_until) * 1000)::bigint),
  floor(extract(epoch FROM now()) * 1000)::bigint
FROM noted JOIN due ON due.id = noted.user_id
WHERE EXISTS (SELECT FROM accounts WHERE accounts.user_id = noted.user_id)
