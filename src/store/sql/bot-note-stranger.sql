-- Counts a message of an unknown person, and says whether it is time to answer: once an hour. $1 bot, $2 person
INSERT INTO telegram_strangers AS stranger (bot_id, person_id) VALUES ($1, $2)
ON CONFLICT (bot_id, person_id) DO UPDATE
SET messages = stranger.messages + 1, last_at = now(),
  told_at = CASE WHEN stranger.told_at <= now() - interval '1 hour' THEN now() ELSE stranger.told_at END
RETURNING told_at = now() AS tell
