-- Tasks that are not over, rolls under way first, in any schema from 0010 on. Without imported journals. $1 how many at most
SELECT tasks.id AS "taskId", version AS rows FROM tasks JOIN accounts ON accounts.id = account_id
WHERE phase <> 'over' AND environment <> 'archive'
ORDER BY phase = 'rolling' DESC, tasks.id LIMIT $1
