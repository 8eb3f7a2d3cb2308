-- People whom nobody let in and who have not written for a month. $1 bot
DELETE FROM telegram_strangers WHERE bot_id = $1 AND last_at < now() - interval '30 days'
