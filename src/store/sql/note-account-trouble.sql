-- Notes why an account cannot trade, or that it can, and puts the alert about it into the outbox.
-- $1 account, $2 the trouble or null, $3 severity or null for no alert, $4 code, $5 figures, $6 exchange time
WITH noted AS (
  UPDATE accounts SET trouble = $2::json WHERE id = $1::bigint RETURNING id
)
INSERT INTO alerts (account_id, severity, code, figures, at_ms)
SELECT id, $3::text, $4::text, $5::json, $6::bigint FROM noted WHERE $3::text IS NOT NULL
