-- Whom an account's key belongs to, as far as it was asked. $1 account
SELECT exchange_user_id AS "exchangeUserId" FROM accounts WHERE id = $1
