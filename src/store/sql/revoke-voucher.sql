-- Takes a voucher back, once. $1 voucher
UPDATE vouchers SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL RETURNING user_id::text AS "userId"
