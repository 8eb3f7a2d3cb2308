-- Stores what came of attempts, and notes it at the channels and the alerts. $1 JSON array of outcomes
WITH given AS (
  SELECT * FROM json_to_recordset($1::json) AS outcome (
    delivery_id bigint, state text, said text, reference text, wait_ms float8
  )
), settled AS (
  UPDATE deliveries
  SET tries = tries + 1, state = given.state, said = given.said, reference = given.reference,
    next_at = now() + given.wait_ms * interval '1 millisecond',
    ended_at = CASE WHEN given.state = 'waiting' THEN NULL ELSE now() END
  FROM given
  WHERE deliveries.id = given.delivery_id AND deliveries.state = 'waiting'
  RETURNING deliveries.id, deliveries.channel_id, deliveries.account_id, deliveries.alert_id, deliveries.state, deliveries.said
), last_of_channel AS (
  SELECT DISTINCT ON (channel_id) channel_id, state, said FROM settled ORDER BY channel_id, id DESC
), noted AS (
  UPDATE channels
  SET delivered_at = CASE WHEN state = 'delivered' THEN now() ELSE delivered_at END,
    failed_at = CASE WHEN state = 'delivered' THEN failed_at ELSE now() END,
    failure = CASE WHEN state = 'delivered' THEN NULL ELSE said END
  FROM last_of_channel
  WHERE channels.id = last_of_channel.channel_id
    AND (state <> 'delivered' OR channels.failure IS NOT NULL OR channels.delivered_at IS NULL
      OR channels.delivered_at < now() - interval '1 minute')
)
UPDATE alerts SET delivered_at = now()
FROM settled
WHERE settled.state = 'delivered' AND alerts.account_id = settled.account_id AND alerts.id = settled.alert_id
  AND alerts.delivered_at IS NULL
