-- The answer to a request with an idempotency key, or that there is none to be kept.
-- $1 caller, $2 hash of the key, $3 hash of the request, $4 status or null, $5 sealed body or null
UPDATE kept_answers SET status = $4, sealed_body = $5, worked_until = now()
WHERE caller = $1 AND key_hash = $2 AND request_hash = $3 AND status IS NULL
