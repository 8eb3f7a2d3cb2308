-- Ends the editing of one message. $1 bot, $2 chat, $3 person, $4 message
DELETE FROM telegram_boards WHERE bot_id = $1 AND chat_id = $2 AND person_id = $3 AND message_id = $4
