-- Removes a channel: its address is forgotten, and what waits for it is dropped. $1 channel
WITH removed AS (
  UPDATE channels SET removed_at = now(), is_enabled = false, address = ''
  WHERE id = $1::bigint AND removed_at IS NULL
  RETURNING id
)
UPDATE deliveries SET state = 'dropped', ended_at = now()
FROM removed
WHERE deliveries.channel_id = removed.id AND deliveries.state = 'waiting'
