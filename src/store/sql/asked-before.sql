-- Whether the command stored under this id is the one that is sent now. $1 id, $2 account, $3 task, $4 kind, $5 payload
SELECT account_id = $2 AND task_id = $3 AND kind = $4 AND payload::text = $5 AS same FROM commands WHERE id = $1
