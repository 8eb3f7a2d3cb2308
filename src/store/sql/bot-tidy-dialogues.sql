-- Dialogues that were left. $1 bot
DELETE FROM telegram_dialogues WHERE bot_id = $1 AND expires_at < now()
