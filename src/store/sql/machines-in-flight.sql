-- Versions of the machine that moved the tasks which are not over, before and after migrations 0020 and later. Without
-- imported journals
SELECT machine, count(*)::int AS tasks, (count(*) FILTER (WHERE phase = 'rolling'))::int AS rolling
FROM tasks JOIN accounts ON accounts.id = account_id
WHERE phase <> 'over' AND environment <> 'archive'
GROUP BY machine ORDER BY machine
