-- A new account, its secret sealed for its id. $1 id, $2 user, $3 name, $4 environment, $5 API key, $6 sealed secret,
-- $7 user of the exchange or null
INSERT INTO accounts (id, user_id, name, environment, api_key, secret_ciphertext, exchange_user_id)
VALUES ($1, $2, $3, $4, $5, $6, $7)
