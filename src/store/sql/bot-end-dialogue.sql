-- Ends a dialogue; returns a row when it had not expired. $1 bot, $2 chat, $3 person
WITH ended AS (
  DELETE FROM telegram_dialogues WHERE bot_id = $1 AND chat_id = $2 AND person_id = $3 RETURNING expires_at
)
SELECT 1 AS ended FROM ended WHERE expires_at > now()
