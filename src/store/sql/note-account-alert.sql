-- Puts an alert about an account into the outbox. $1 account, $2 severity, $3 code, $4 figures, $5 exchange time
INSERT INTO alerts (account_id, severity, code, figures, at_ms)
VALUES ($1::bigint, $2, $3, $4::json, $5::bigint)
