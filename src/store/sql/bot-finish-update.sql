-- Notes that an update has been worked. $1 bot, $2 update
UPDATE telegram_updates SET done_at = now() WHERE bot_id = $1 AND update_id = $2 AND done_at IS NULL
