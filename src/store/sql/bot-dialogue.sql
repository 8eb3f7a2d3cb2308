-- What a person is in the middle of in a chat. $1 bot, $2 chat, $3 person
SELECT step, data, token, message_id::text AS "messageId", update_id::float8 AS "updateId" FROM telegram_dialogues
WHERE bot_id = $1 AND chat_id = $2 AND person_id = $3 AND expires_at > now()
