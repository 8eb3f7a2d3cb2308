-- Links what a messenger calls a person to a user; no row when it belongs to a user already. $1 kind, $2 id, $3 user
INSERT INTO identities (kind, id, user_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id
