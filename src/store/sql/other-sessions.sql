-- Sessions of others on the whole server, without those that wait to open the database and will try again when they are cut off.
SELECT count(*)::int AS others FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
  AND (wait_event_type, wait_event) IS DISTINCT FROM ('Lock', 'advisory')
