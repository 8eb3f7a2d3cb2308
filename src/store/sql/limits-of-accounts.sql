-- The limits of those of these accounts that have any. $1 account ids
SELECT id::text AS "accountId", limits FROM accounts WHERE id = ANY ($1::bigint[]) AND limits IS NOT NULL
