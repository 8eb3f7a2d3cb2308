-- Channels with a delivery that is due
SELECT channels.id::text AS "channelId" FROM channels
WHERE EXISTS (
  SELECT FROM deliveries
  WHERE deliveries.channel_id = channels.id AND deliveries.state = 'waiting' AND deliveries.next_at <= now()
)
