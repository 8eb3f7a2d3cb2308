-- A new account, its secret sealed for its id. $1 id, $2 user, $3 name, $4 environment, $5 API key, $6 sealed secret
INSERT INTO accounts (id, user_id, name, environment, api_key, secret_ciphertext) VALUES ($1, $2, $3, $4, $5, $6)
