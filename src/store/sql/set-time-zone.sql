-- The zone in which a user reads times. $1 user, $2 zone
UPDATE users SET time_zone = $2 WHERE id = $1::bigint
