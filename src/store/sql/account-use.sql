-- What turns have used of the limits of an account. $1 account, $2 since when, exchange time
SELECT task_id AS "taskId", version, at_ms::float8 AS "atMs", rolls, debit::text, notional::text, orders
FROM account_use WHERE account_id = $1 AND at_ms >= $2
