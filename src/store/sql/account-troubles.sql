-- Why those of these accounts cannot trade that cannot. $1 account ids
SELECT id::text AS "accountId", trouble FROM accounts WHERE id = ANY ($1::bigint[]) AND trouble IS NOT NULL
