-- The exchange's user that an account's key belongs to, null when it is not known. $1 account
SELECT exchange_user_id AS "exchangeUserId" FROM accounts WHERE id = $1
