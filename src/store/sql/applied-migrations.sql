-- Names of the applied migrations, oldest first.
SELECT name FROM schema_migrations ORDER BY id
