-- Keeps the write-ahead log from being removed while this session lives. $1 name
SELECT pg_create_physical_replication_slot($1, true, true)
