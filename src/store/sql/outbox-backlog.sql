-- How far the delivery of alerts is behind: deliveries that wait, the age of the oldest in ms, those that were given up, and when the
-- oldest alert happened that is not divided among channels yet (exchange time, ms). Of each kind at most so many are counted that
-- a flood of them does not make the question slow. $1 how many
SELECT waiting.count AS waiting, waiting.age AS "oldestMs", dead.count AS dead, (
    SELECT at_ms::float8 FROM alerts WHERE planned_at IS NULL ORDER BY id LIMIT 1
  ) AS "unplannedSinceMs"
FROM (
  SELECT count(*)::int AS count,
    coalesce(greatest(extract(epoch FROM clock_timestamp() - min(created_at)) * 1000, 0), 0)::float8 AS age
  FROM (SELECT created_at FROM deliveries WHERE state = 'waiting' LIMIT $1) AS one
) AS waiting, (
  SELECT count(*)::int AS count FROM (SELECT FROM deliveries WHERE state = 'dead' LIMIT $1) AS one
) AS dead
