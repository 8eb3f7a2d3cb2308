-- Channels with their sealed addresses, by id; they belong to no exchange. $1 the id after which to begin, $2 how many
SELECT channels.id::text AS id, users.name || '/' || channels.name AS name, NULL AS environment, kind AS beside, address AS sealed
FROM channels JOIN users ON users.id = channels.user_id
WHERE channels.removed_at IS NULL AND channels.id > $1::bigint
ORDER BY channels.id
LIMIT $2
