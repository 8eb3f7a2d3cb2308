-- Every task that was ever taken up, with the length of its journal, oldest first
SELECT id AS "taskId", version AS rows FROM tasks ORDER BY created_at, id
