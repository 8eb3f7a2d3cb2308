-- Takes alerts out of the outbox. $1 alerts
UPDATE alerts SET delivered_at = now() WHERE id = ANY ($1::bigint[]) AND delivered_at IS NULL
