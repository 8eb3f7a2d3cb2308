-- Messages that edit themselves. $1 bot
SELECT chat_id::text AS "chatId", person_id::text AS "personId", message_id::text AS "messageId",
  (extract(epoch FROM until) * 1000)::bigint::float8 AS "untilMs"
FROM telegram_boards WHERE bot_id = $1 ORDER BY chat_id, person_id
