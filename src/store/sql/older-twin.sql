-- The account that is kept instead of this one. $1 account
SELECT older.id::text AS "accountId", older.name, users.name AS "userName", older.api_key = accounts.api_key AS "sameKey"
FROM accounts JOIN accounts AS older ON older.id = accounts.duplicate_of JOIN users ON users.id = older.user_id
WHERE accounts.id = $1
