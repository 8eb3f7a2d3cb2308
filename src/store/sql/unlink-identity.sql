-- Takes an identity away from its user. $1 kind, $2 id, $3 name of the user
DELETE FROM identities USING users
WHERE users.id = identities.user_id AND identities.kind = $1 AND identities.id = $2 AND users.name = $3
RETURNING users.id::text AS "userId"
