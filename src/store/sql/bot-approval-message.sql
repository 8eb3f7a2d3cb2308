-- Which message asks whether to roll. $1 bot, $2 id, $3 message
UPDATE telegram_approvals SET message_id = $3 WHERE bot_id = $1 AND id = $2
