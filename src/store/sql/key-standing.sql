-- How the key of an account stood when the exchange was asked last, null before the first time. $1 account
SELECT key_standing AS standing FROM accounts WHERE id = $1
