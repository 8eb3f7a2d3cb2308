-- Stores the step that a dialogue has reached. $1 bot, $2 chat, $3 person, $4 step, $5 data, $6 token, $7 message or null,
-- $8 update, $9 good for so many ms
INSERT INTO telegram_dialogues (bot_id, chat_id, person_id, step, data, token, message_id, update_id, expires_at)
VALUES ($1, $2, $3, $4, $5::json, $6, $7, $8, now() + make_interval(secs => $9::float8 / 1000))
ON CONFLICT (bot_id, chat_id, person_id) DO UPDATE
SET step = excluded.step, data = excluded.data, token = excluded.token, message_id = excluded.message_id,
  update_id = excluded.update_id, expires_at = excluded.expires_at
