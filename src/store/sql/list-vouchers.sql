-- Vouchers, newest first. $1 one of them, or null for the last 200
SELECT vouchers.id::text AS "voucherId", days, uses_max AS "usesMax", uses, users.name AS "userName",
  created_by AS "createdBy", (extract(epoch FROM vouchers.created_at) * 1000)::bigint::float8 AS "createdAtMs",
  (extract(epoch FROM expires_at) * 1000)::bigint::float8 AS "expiresAtMs",
  (extract(epoch FROM revoked_at) * 1000)::bigint::float8 AS "revokedAtMs"
FROM vouchers LEFT JOIN users ON users.id = vouchers.user_id
WHERE $1::bigint IS NULL OR vouchers.id = $1
ORDER BY vouchers.id DESC
LIMIT 200
