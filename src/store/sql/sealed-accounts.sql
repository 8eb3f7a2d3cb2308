-- Accounts of exchanges with their sealed secrets, by id. $1 the id after which to begin, $2 how many
SELECT accounts.id::text AS id, users.name || '/' || accounts.name AS name, accounts.environment, api_key AS beside,
  secret_ciphertext AS sealed
FROM accounts JOIN users ON users.id = accounts.user_id
WHERE accounts.environment <> 'archive' AND accounts.id > $1::bigint
ORDER BY accounts.id
LIMIT $2
