-- A code that was redeemed makes the wrong ones before it forgotten. $1 kind, $2 identity
DELETE FROM voucher_attempts WHERE kind = $1 AND identity = $2
