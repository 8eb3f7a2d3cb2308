-- Forgets wrong codes of more than a day ago, and the oldest of more than 10,000 people
DELETE FROM voucher_attempts WHERE ctid IN (
  SELECT ctid FROM voucher_attempts
  WHERE failed_at < now() - interval '1 day' AND coalesce(locked_until < now(), true)
  UNION ALL
  (SELECT ctid FROM voucher_attempts ORDER BY failed_at DESC OFFSET 10000)
)
