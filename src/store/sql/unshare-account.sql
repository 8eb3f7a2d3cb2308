-- Takes a user's role on an account away. $1 account, $2 name of the user
DELETE FROM account_grants USING users
WHERE users.id = account_grants.user_id AND account_grants.account_id = $1 AND users.name = $2
RETURNING users.id::text AS "userId"
