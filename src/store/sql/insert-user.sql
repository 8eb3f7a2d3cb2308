-- A new user. $1 name
INSERT INTO users (name) VALUES ($1) RETURNING id::text AS "userId", name
