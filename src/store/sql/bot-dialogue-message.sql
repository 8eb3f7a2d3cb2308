-- Which message shows the step of a dialogue. $1 bot, $2 chat, $3 person, $4 message
UPDATE telegram_dialogues SET message_id = $4 WHERE bot_id = $1 AND chat_id = $2 AND person_id = $3
