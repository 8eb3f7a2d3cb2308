-- From now on the files of the database may be copied. The first file of the write-ahead log that a copy needs
SELECT pg_walfile_name(pg_backup_start('rollkeeper', true)) AS file
