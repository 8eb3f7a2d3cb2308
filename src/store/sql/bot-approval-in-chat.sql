-- A question whether to roll, as a chat shows it. $1 bot, $2 chat, $3 approval
SELECT id::text, approval_id AS "approvalId", task_id AS "taskId", chat_id::text AS "chatId",
  message_id::text AS "messageId", text
FROM telegram_approvals WHERE bot_id = $1 AND chat_id = $2 AND approval_id = $3
