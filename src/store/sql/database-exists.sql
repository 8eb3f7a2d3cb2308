-- Whether there is a database of this name. $1 name
SELECT FROM pg_database WHERE datname = $1
