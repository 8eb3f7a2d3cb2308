-- Whether the account has such a task, or a request for one. $1 account, $2 task
SELECT EXISTS (SELECT FROM tasks WHERE account_id = $1 AND id = $2)
  OR EXISTS (SELECT FROM commands WHERE account_id = $1 AND task_id = $2 AND kind = 'add' AND status = 'waiting') AS known
