-- Makes the daily digests that are due: for channels whose local time of the digest has come and whose day has none yet.
-- Figures of the last 24 hours; money by settle coin. Returns the channels.
WITH due AS (
  SELECT channels.id, channels.user_id, (now() AT TIME ZONE users.time_zone)::date AS today
  FROM channels JOIN users ON users.id = channels.user_id
  WHERE channels.digest_at IS NOT NULL AND channels.removed_at IS NULL AND channels.is_enabled
    AND (now() AT TIME ZONE users.time_zone)::time >= channels.digest_at
    AND channels.last_digest_on IS DISTINCT FROM (now() AT TIME ZONE users.time_zone)::date
  FOR UPDATE OF channels
), marked AS (
  UPDATE channels SET last_digest_on = due.today FROM due WHERE channels.id = due.id
), people AS (
  SELECT DISTINCT user_id FROM due
), seen AS MATERIALIZED (
  SELECT people.user_id, accounts.id, accounts.name, accounts.trouble
  FROM people CROSS JOIN LATERAL (
    SELECT account_id FROM account_access WHERE account_access.user_id = people.user_id OFFSET 0
  ) AS access
  JOIN accounts ON accounts.id = access.account_id
), standing AS (
  SELECT seen.user_id, count(*) FILTER (WHERE tasks.phase <> 'over')::int AS tasks,
    count(*) FILTER (WHERE tasks.phase = 'rolling')::int AS rolling,
    count(*) FILTER (WHERE split_part(tasks.state, '.', 1) = 'PAUSED')::int AS paused,
    coalesce(json_agg(json_build_object('taskId', tasks.id, 'symbol', coalesce(tasks.snapshot #>> '{context,held,symbol}', tasks.spec ->> 'symbol')))
      FILTER (WHERE split_part(tasks.state, '.', 1) = 'FAILED'), '[]') AS failed
  FROM seen JOIN tasks ON tasks.account_id = seen.id AND tasks.phase <> 'over'
  GROUP BY seen.user_id
), moved AS (
  SELECT seen.user_id, alerts.code, alerts.figures, coalesce(tasks.snapshot #>> '{context,held,settleCoin}', '') AS coin
  FROM seen
  JOIN alerts ON alerts.account_id = seen.id AND alerts.at_ms >= (extract(epoch FROM now()) * 1000)::bigint - 86400000
  LEFT JOIN tasks ON tasks.account_id = alerts.account_id AND tasks.id = alerts.task_id
), results AS (
  SELECT user_id, count(*) FILTER (WHERE code = 'rolled')::int AS rolls, count(*) FILTER (WHERE code = 'notRolled')::int AS "notRolled"
  FROM moved GROUP BY user_id
), sums AS (
  SELECT user_id, json_agg(json_build_object('coin', coin, 'net', net::text, 'fees', fees::text) ORDER BY coin) AS money
  FROM (
    SELECT user_id, coin, sum((figures ->> 'netCredit')::numeric) AS net,
      sum((figures ->> 'fee')::numeric) AS fees
    FROM moved WHERE code IN ('rolled', 'takenBack', 'closedByRule')
    GROUP BY user_id, coin
  ) AS by_coin
  GROUP BY user_id
), accounts_barred AS (
  SELECT user_id, json_agg(name ORDER BY name) AS barred FROM seen WHERE trouble IS NOT NULL GROUP BY user_id
), undelivered AS (
  SELECT people.user_id, count(*)::int AS dead
  FROM people JOIN channels USING (user_id) JOIN deliveries ON deliveries.channel_id = channels.id AND deliveries.state = 'dead'
  WHERE channels.removed_at IS NULL
  GROUP BY people.user_id
)
INSERT INTO deliveries (channel_id, lane, notice, severity, at_ms)
SELECT due.id, 'digest', json_build_object('code', 'digest', 'figures', json_build_object(
    'tasks', coalesce(tasks, 0), 'rolling', coalesce(rolling, 0), 'paused', coalesce(paused, 0), 'failed', coalesce(failed, '[]'),
    'rolls', coalesce(rolls, 0), 'notRolled', coalesce("notRolled", 0), 'money', coalesce(money, '[]'),
    'barred', coalesce(barred, '[]'), 'dead', coalesce(dead, 0)
  )), 'info', (extract(epoch FROM now()) * 1000)::bigint
FROM due
LEFT JOIN standing USING (user_id)
LEFT JOIN results USING (user_id)
LEFT JOIN sums USING (user_id)
LEFT JOIN accounts_barred USING (user_id)
LEFT JOIN undelivered USING (user_id)
RETURNING channel_id::text AS "channelId"
