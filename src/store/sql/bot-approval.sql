-- A question whether to roll, by its row. $1 bot, $2 id
SELECT id::text, approval_id AS "approvalId", task_id AS "taskId", chat_id::text AS "chatId",
  message_id::text AS "messageId", text
FROM telegram_approvals WHERE bot_id = $1 AND id = $2
