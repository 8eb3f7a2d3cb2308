-- One account with its sealed secret. $1 account
SELECT accounts.id::text AS "accountId", accounts.name, accounts.environment, accounts.api_key AS "apiKey",
  accounts.secret_ciphertext AS "sealedSecret", users.name AS "userName"
FROM accounts JOIN users ON users.id = accounts.user_id
WHERE accounts.id = $1
