-- The sealed address of a channel, with what it is sealed for. $1 channel
SELECT kind, address FROM channels WHERE id = $1::bigint AND removed_at IS NULL
