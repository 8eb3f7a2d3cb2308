-- The status and answer of a command. $1 command
SELECT status, answer FROM commands WHERE id = $1
