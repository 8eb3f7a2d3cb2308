-- Updates that Telegram does not hand out any more: it keeps them for a day. $1 bot
DELETE FROM telegram_updates WHERE bot_id = $1 AND received_at < now() - interval '3 days'
