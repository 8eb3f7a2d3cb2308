-- Channels whose addresses do not begin as those of the present key do, locked until they are sealed anew. $1 the id after
-- which to begin, $2 how many, $3 format and id of the present key
SELECT channels.id::text AS id, kind AS beside, address AS sealed
FROM channels
WHERE removed_at IS NULL AND channels.id > $1::bigint AND substring(address FROM 1 FOR 9) <> $3::bytea
ORDER BY channels.id
LIMIT $2
FOR NO KEY UPDATE
