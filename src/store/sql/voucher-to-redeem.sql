-- A voucher by its code, locked until the end of the transaction. $1 hash of the code, $2 kind, $3 identity
SELECT vouchers.id::text AS "voucherId", days, user_id::text AS "userId", revoked_at IS NOT NULL AS "isRevoked",
  expires_at <= now() AS "isExpired", uses >= uses_max AS "isUsedUp", EXISTS (
    SELECT FROM voucher_uses WHERE voucher_id = vouchers.id AND kind = $2 AND identity = $3
  ) AS "isRedeemed"
FROM vouchers WHERE code_hash = $1
FOR UPDATE
