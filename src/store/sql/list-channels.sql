-- Channels without their addresses, by user and in order of preference. $1 user name or null for everybody's, $2 the only
-- user to be seen, or null
SELECT channels.id::text AS "channelId", users.id::text AS "userId", users.name AS "userName", users.time_zone AS "timeZone",
  channels.kind, channels.name, channels.noise, channels.overrides, channels.is_backup AS "isBackup",
  channels.is_enabled AS "isEnabled", left(channels.quiet_from::text, 5) AS "quietFrom",
  left(channels.quiet_until::text, 5) AS "quietUntil", left(channels.digest_at::text, 5) AS "digestAt", channels.rank,
  (extract(epoch FROM channels.delivered_at) * 1000)::bigint::float8 AS "deliveredAtMs",
  (extract(epoch FROM channels.failed_at) * 1000)::bigint::float8 AS "failedAtMs", channels.failure,
  (SELECT count(*)::int FROM deliveries WHERE channel_id = channels.id AND state = 'waiting') AS waiting,
  (SELECT count(*)::int FROM deliveries WHERE channel_id = channels.id AND state = 'dead') AS dead
FROM channels JOIN users ON users.id = channels.user_id
WHERE channels.removed_at IS NULL AND ($1::text IS NULL OR users.name = $1)
  AND ($2::bigint IS NULL OR users.id IN (SELECT id FROM active_users WHERE id = $2))
ORDER BY users.name, channels.rank, channels.id
