-- A new channel, its address sealed for its id. A digest whose time of today has passed begins tomorrow. $1 id, $2 user,
-- $3 kind, $4 name, $5 sealed address, $6 noise, $7 overrides, $8 backup, $9 enabled, $10 and $11 quiet hours, $12 digest,
-- $13 order of preference, or null for behind all others
INSERT INTO channels (id, user_id, kind, name, address, noise, overrides, is_backup, is_enabled, quiet_from, quiet_until,
  digest_at, rank, last_digest_on)
SELECT $1::bigint, users.id, $3, $4, $5, $6, $7::jsonb, $8, $9, $10::time, $11::time, $12::time,
  coalesce($13::int, (
    SELECT coalesce(max(rank), 0) + 1 FROM channels WHERE channels.user_id = users.id AND removed_at IS NULL
  )),
  CASE WHEN (now() AT TIME ZONE users.time_zone)::time >= $12::time THEN (now() AT TIME ZONE users.time_zone)::date END
FROM users WHERE users.id = $2::bigint
