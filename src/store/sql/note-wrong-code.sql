-- Counts a wrong code: every third one in a row locks the person out, for a quarter of an hour and then twice as long each
-- time, up to a day. $1 kind, $2 identity
UPDATE voucher_attempts SET failures = failures + 1, failed_at = now(),
  locked_until = CASE WHEN (failures + 1) % 3 = 0
    THEN now() + least(interval '1 day', interval '15 minutes' * power(2, least((failures + 1) / 3 - 1, 20)))
  END
WHERE kind = $1 AND identity = $2
RETURNING failures, (extract(epoch FROM locked_until) * 1000)::bigint::float8 AS "untilMs"
