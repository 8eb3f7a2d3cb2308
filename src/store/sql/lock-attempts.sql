-- Locks a person's row, so that their codes are looked at one after the other. $1 kind, $2 identity
INSERT INTO voucher_attempts (kind, identity, failures) VALUES ($1, $2, 0)
ON CONFLICT (kind, identity) DO UPDATE SET failures = voucher_attempts.failures
