-- Questions whether to roll that are long over. $1 bot
DELETE FROM telegram_approvals WHERE bot_id = $1 AND asked_at < now() - interval '7 days'
