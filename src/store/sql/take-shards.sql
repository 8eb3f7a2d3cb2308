-- Tries to lock the slices in $2 for this session, one after the other, until it has got $3 of them; returns those.
-- Nothing sorts or runs in parallel here, so that no slice is locked beyond the limit. $1 lock class
SELECT shard FROM unnest($2::int[]) AS shard WHERE pg_try_advisory_lock($1, shard) LIMIT $3
