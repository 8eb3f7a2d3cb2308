-- What halts these accounts, the widest and the oldest first. $1 account ids
SELECT halted_account_id::text AS "haltedAccountId", id, cause, scope, account_id::text AS "accountId",
  user_id::text AS "userId", by, reason, floor(extract(epoch FROM since) * 1000)::float8 AS "sinceMs"
FROM account_halts WHERE halted_account_id = ANY ($1::bigint[])
ORDER BY account_id NULLS FIRST, user_id NULLS FIRST, since, id
