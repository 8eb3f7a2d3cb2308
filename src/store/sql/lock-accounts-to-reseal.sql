-- Accounts whose secrets do not begin as those of the present key do, locked until they are sealed anew. $1 the id after
-- which to begin, $2 how many, $3 format and id of the present key
SELECT accounts.id::text AS id, api_key AS beside, secret_ciphertext AS sealed
FROM accounts
WHERE environment <> 'archive' AND accounts.id > $1::bigint AND substring(secret_ciphertext FROM 1 FOR 9) <> $3::bytea
ORDER BY accounts.id
LIMIT $2
FOR NO KEY UPDATE
