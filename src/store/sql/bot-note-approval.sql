-- Stores that a question whether to roll is shown in a chat, once for each chat. $1 bot, $2 approval, $3 task, $4 chat, $5 text
INSERT INTO telegram_approvals (bot_id, approval_id, task_id, chat_id, text) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (bot_id, approval_id, chat_id) DO UPDATE SET text = excluded.text
RETURNING id::text, approval_id AS "approvalId", task_id AS "taskId", chat_id::text AS "chatId",
  message_id::text AS "messageId", text
