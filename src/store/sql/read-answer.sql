-- $1 command
SELECT status, answer FROM commands WHERE id = $1
