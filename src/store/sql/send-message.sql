-- The parts of one message, in order. $1 channel, $2 parts
SELECT pg_notify($1, part) FROM unnest($2::text[]) WITH ORDINALITY AS message (part, place) ORDER BY place
