-- The time of the database server, ms since epoch.
SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "nowMs"
