-- The first answer in time counts, and goes on to count when its update comes again. $1 bot, $2 id, $3 chat, $4 person, $5 answer, $6 update
WITH answered AS (
  UPDATE telegram_questions SET answer = $5, answered_by_update = $6, answered_at = now()
  WHERE bot_id = $1 AND id = $2 AND chat_id = $3 AND person_id = $4 AND answer IS NULL AND expires_at > now()
  RETURNING action
)
SELECT 'counts' AS kind, action, NULL AS answer FROM answered
UNION ALL
SELECT CASE WHEN answered_by_update = $6 THEN 'counts' WHEN answer IS NOT NULL THEN 'answered before' ELSE 'too late' END,
  action, answer
FROM telegram_questions
WHERE bot_id = $1 AND id = $2 AND chat_id = $3 AND person_id = $4 AND NOT EXISTS (SELECT FROM answered)
