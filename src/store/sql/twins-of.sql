-- The account that has this key, or this user of the exchange. $1 environment, $2 API key, $3 user of the exchange, $4 account to leave out
SELECT accounts.id::text AS "accountId", accounts.name, users.name AS "userName", api_key = $2 AS "sameKey"
FROM accounts JOIN users ON users.id = accounts.user_id
WHERE environment = $1 AND (api_key = $2 OR exchange_user_id = $3) AND duplicate_of IS NULL AND accounts.id <> $4
ORDER BY api_key = $2 DESC, accounts.id
LIMIT 1
