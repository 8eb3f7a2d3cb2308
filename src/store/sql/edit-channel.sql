-- Changes a channel; what is null stays as it is, except quiet hours and digest, whose changes are said by a flag. What waits
-- for a channel that is switched off is dropped. $1 channel, $2 noise, $3 overrides, $4 backup, $5 enabled, $6 whether the
-- quiet hours change, $7 and $8 quiet hours, $9 whether the digest changes, $10 digest, $11 order of preference
WITH changed AS (
  UPDATE channels
  SET noise = coalesce($2, noise), overrides = coalesce($3::jsonb, overrides), is_backup = coalesce($4, is_backup),
    is_enabled = coalesce($5, is_enabled),
    quiet_from = CASE WHEN $6 THEN $7::time ELSE quiet_from END,
    quiet_until = CASE WHEN $6 THEN $8::time ELSE quiet_until END,
    digest_at = CASE WHEN $9 THEN $10::time ELSE digest_at END,
    last_digest_on = CASE
      WHEN $9 AND (now() AT TIME ZONE users.time_zone)::time >= $10::time THEN (now() AT TIME ZONE users.time_zone)::date
      ELSE last_digest_on END,
    rank = coalesce($11, rank)
  FROM users
  WHERE channels.id = $1::bigint AND users.id = channels.user_id AND channels.removed_at IS NULL
  RETURNING channels.id, channels.is_enabled
)
UPDATE deliveries SET state = 'dropped', ended_at = now()
FROM changed
WHERE deliveries.channel_id = changed.id AND deliveries.state = 'waiting' AND NOT changed.is_enabled
