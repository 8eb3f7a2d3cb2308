-- Ids of the accounts that a user sees. $1 user
SELECT account_id::text AS "accountId" FROM account_access WHERE user_id = $1
