-- Secrets of accounts, sealed anew. $1 ids, $2 sealed secrets
UPDATE accounts SET secret_ciphertext = resealed.secret
FROM unnest($1::bigint[], $2::bytea[]) AS resealed (id, secret)
WHERE accounts.id = resealed.id
