-- Since when an account is under legal hold. $1 account
SELECT (extract(epoch FROM legal_hold_since) * 1000)::bigint::float8 AS "sinceMs" FROM accounts WHERE id = $1
