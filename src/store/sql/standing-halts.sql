-- Everything that halts trading in any account, the widest and the oldest first
SELECT id, cause, scope, account_id::text AS "accountId", user_id::text AS "userId", by, reason,
  floor(extract(epoch FROM since) * 1000)::float8 AS "sinceMs"
FROM standing_halts ORDER BY account_id NULLS FIRST, user_id NULLS FIRST, since, id
