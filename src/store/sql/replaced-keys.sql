-- Accounts that have another key than a daemon has connected them with. $1 accounts, $2 their keys as connected
SELECT accounts.id::text AS "accountId"
FROM accounts JOIN unnest($1::bigint[], $2::text[]) AS connected (id, api_key) ON connected.id = accounts.id
WHERE accounts.api_key <> connected.api_key
