-- Names of the migrations that have run, oldest first.
SELECT name FROM schema_migrations ORDER BY id
