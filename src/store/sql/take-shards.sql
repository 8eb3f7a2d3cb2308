-- Tries to lock the slices in $2 for this session; returns those that it locked. $1 lock class
SELECT shard FROM unnest($2::int[]) AS shard WHERE pg_try_advisory_lock($1, shard)
