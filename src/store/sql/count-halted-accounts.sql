-- How many accounts a halt is about. $1 account or null, $2 user or null
SELECT count(*)::int AS count FROM accounts
WHERE ($1::bigint IS NULL OR id = $1) AND ($2::bigint IS NULL OR user_id = $2) AND environment <> 'archive'
