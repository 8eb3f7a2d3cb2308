-- Has any migration ever run here?
SELECT to_regclass('schema_migrations') IS NOT NULL AS exists
