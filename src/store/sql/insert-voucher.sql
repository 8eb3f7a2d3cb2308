-- A new voucher. $1 hash of its code, $2 days, $3 uses, $4 the user it is for or null, $5 who made it, $6 until when (ms)
INSERT INTO vouchers (code_hash, days, uses_max, user_id, created_by, expires_at)
VALUES ($1, $2, $3, $4, $5, to_timestamp($6::float8 / 1000))
RETURNING id::text AS "voucherId"
