-- Stores what a person is asked to confirm, once for each update. $1 bot, $2 id, $3 chat, $4 person, $5 action, $6 update,
-- $7 good for so many ms
INSERT INTO telegram_questions (bot_id, id, chat_id, person_id, action, asked_by_update, expires_at)
VALUES ($1, $2, $3, $4, $5::json, $6, now() + make_interval(secs => $7::float8 / 1000))
ON CONFLICT (bot_id, asked_by_update) DO UPDATE SET asked_by_update = excluded.asked_by_update
RETURNING id
