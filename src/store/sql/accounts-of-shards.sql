-- Accounts of an environment that fall into the given slices. $1 environment, $2 slices, $3 number of slices
SELECT id::text AS id FROM accounts
WHERE environment = $1 AND (id % $3)::int = ANY ($2::int[])
ORDER BY accounts.id
