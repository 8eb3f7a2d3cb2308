-- Removes advice that was asked for long ago, answered or not: nobody waits for it any more. $1 age (ms)
DELETE FROM commands WHERE kind = 'preview' AND created_at < now() - $1::float8 * interval '1 millisecond'
