-- Sends deliveries that were given up once more, where their channel is still in use. $1 deliveries, or null for all of them,
-- $2 the only user to be seen, or null
UPDATE deliveries
SET state = 'waiting', tries = 0, next_at = now(), ended_at = NULL, created_at = now()
FROM channels
WHERE deliveries.state = 'dead' AND channels.id = deliveries.channel_id AND channels.removed_at IS NULL AND channels.is_enabled
  AND ($1::bigint[] IS NULL OR deliveries.id = ANY ($1::bigint[]))
  AND ($2::bigint IS NULL OR channels.user_id IN (SELECT id FROM active_users WHERE id = $2))
RETURNING deliveries.id::text AS "deliveryId"
