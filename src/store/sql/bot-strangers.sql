-- How many people whom nobody let in have written, and how often. $1 bot
SELECT count(*)::int AS people, coalesce(sum(messages), 0)::float8 AS messages FROM telegram_strangers WHERE bot_id = $1
