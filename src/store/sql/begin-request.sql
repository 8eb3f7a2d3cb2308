-- Takes a request with an idempotency key, unless it has an answer or is being worked; answers of yesterday are forgotten.
-- $1 caller, $2 hash of the key, $3 hash of the request
WITH forgotten AS (
  DELETE FROM kept_answers WHERE created_at < now() - interval '1 day' AND NOT (caller = $1 AND key_hash = $2)
)
INSERT INTO kept_answers (caller, key_hash, request_hash, worked_until)
VALUES ($1, $2, $3, now() + interval '1 minute')
ON CONFLICT (caller, key_hash) DO UPDATE
SET request_hash = $3, status = NULL, sealed_body = NULL, worked_until = now() + interval '1 minute',
  created_at = CASE WHEN kept_answers.created_at < now() - interval '1 day' THEN now() ELSE kept_answers.created_at END
WHERE kept_answers.created_at < now() - interval '1 day'
  OR (kept_answers.request_hash = $3 AND kept_answers.status IS NULL AND kept_answers.worked_until < now())
RETURNING extract(epoch FROM created_at)::text AS "begunAt"
