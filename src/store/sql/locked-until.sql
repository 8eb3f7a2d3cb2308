-- Until when no code of a person is looked at, ms; no row when codes are. $1 kind, $2 identity
SELECT (extract(epoch FROM locked_until) * 1000)::bigint::float8 AS "untilMs" FROM voucher_attempts
WHERE kind = $1 AND identity = $2 AND locked_until > now()
