-- Until when a user is let in. $1 name, $2 ms since epoch or null for no end
UPDATE users SET access_until = to_timestamp($2::float8 / 1000) WHERE name = $1 RETURNING id::text AS "userId"
