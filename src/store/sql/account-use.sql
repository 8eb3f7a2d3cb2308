-- What turns have used of the limits of accounts, each with the place of its question. $1 account ids, $2 of each since when,
-- exchange time
SELECT place::int, task_id AS "taskId", version, at_ms::float8 AS "atMs", rolls, debit::text, notional::text, orders
FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS asked (account_id, since_ms, place)
JOIN account_use ON account_use.account_id = asked.account_id AND at_ms >= since_ms
