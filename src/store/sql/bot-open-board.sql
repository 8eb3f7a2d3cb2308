-- Makes a message the status of a person in a chat; returns the message that was it before. $1 bot, $2 chat, $3 person,
-- $4 message, $5 good for so many ms
WITH former AS (
  SELECT message_id FROM telegram_boards WHERE bot_id = $1 AND chat_id = $2 AND person_id = $3
), opened AS (
  INSERT INTO telegram_boards (bot_id, chat_id, person_id, message_id, until)
  VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5::float8 / 1000))
  ON CONFLICT (bot_id, chat_id, person_id) DO UPDATE SET message_id = excluded.message_id, until = excluded.until
  RETURNING message_id
)
SELECT former.message_id::text AS former FROM opened LEFT JOIN former ON true
