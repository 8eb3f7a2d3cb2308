-- Every task that has a journal, with the journal's length, oldest first
SELECT id AS "taskId", version AS rows FROM tasks ORDER BY created_at, id
