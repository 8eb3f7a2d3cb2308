-- How many tasks of an environment are not over. $1 environment
SELECT count(*)::int AS count FROM tasks JOIN accounts ON accounts.id = account_id WHERE environment = $1 AND phase <> 'over'
