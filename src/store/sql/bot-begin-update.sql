-- Notes that an update is being worked, unless that was noted before. $1 bot, $2 update
WITH begun AS (
  INSERT INTO telegram_updates (bot_id, update_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 'new' AS standing
)
SELECT standing FROM begun
UNION ALL
SELECT CASE WHEN done_at IS NULL THEN 'again' ELSE 'done' END FROM telegram_updates WHERE bot_id = $1 AND update_id = $2
LIMIT 1
