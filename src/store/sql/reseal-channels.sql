-- Addresses of channels, sealed anew. $1 ids, $2 sealed addresses
UPDATE channels SET address = resealed.secret
FROM unnest($1::bigint[], $2::bytea[]) AS resealed (id, secret)
WHERE channels.id = resealed.id
