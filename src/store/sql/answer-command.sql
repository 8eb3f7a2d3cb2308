-- The first answer stays. $1 command, $2 status, $3 text
UPDATE commands SET status = $2, answer = $3, answered_at = now() WHERE id = $1 AND status = 'waiting'
