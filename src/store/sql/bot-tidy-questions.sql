-- Questions that nobody can answer any more. $1 bot
DELETE FROM telegram_questions WHERE bot_id = $1 AND expires_at < now() - interval '3 days'
