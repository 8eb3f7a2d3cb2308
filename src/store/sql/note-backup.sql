-- Notes a backup that is complete. $1 as of when (ms), $2 where it is
INSERT INTO backups (taken_at, place) VALUES (to_timestamp($1::float8 / 1000), $2)
