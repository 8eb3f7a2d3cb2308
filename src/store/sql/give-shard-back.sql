-- Releases the lock of a slice, and tells the other daemons. $1 lock class, $2 slice, $3 since how long nothing of it was watched, ms
SELECT pg_advisory_unlock($1, $2), pg_notify('rollkeeper_shards', json_build_object('class', $1::integer, 'shard', $2::integer, 'forMs', $3::integer)::text)
