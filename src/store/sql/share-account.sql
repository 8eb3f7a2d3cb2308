-- A role of a user on an account of another, instead of the one there is. $1 account, $2 name of the user, $3 role
INSERT INTO account_grants (account_id, user_id, role)
SELECT $1, users.id, $3 FROM users WHERE users.name = $2
ON CONFLICT (account_id, user_id) DO UPDATE SET role = excluded.role, granted_at = now()
RETURNING user_id::text AS "userId"
