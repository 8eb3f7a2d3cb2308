-- Uses a one-time link up. A second use waits for the row and then finds it used. $1 hash of its code
UPDATE sign_in_links SET used_at = now() WHERE code_hash = $1 AND used_at IS NULL AND expires_at > now()
RETURNING user_id::text AS "userId"
