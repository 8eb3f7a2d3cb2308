-- How old the newest backup is that was noted, ms; null when none was
SELECT (extract(epoch FROM clock_timestamp() - max(taken_at)) * 1000)::float8 AS "ageMs" FROM backups
