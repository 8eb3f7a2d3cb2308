-- Stores the exchange's user that a key belongs to, and the older account that has the same one. $1 account, $2 user of the exchange
UPDATE accounts SET exchange_user_id = $2, duplicate_of = coalesce(duplicate_of, (
  SELECT min(older.id) FROM accounts AS older
  WHERE older.environment = accounts.environment AND older.exchange_user_id = $2 AND older.duplicate_of IS NULL
    AND older.id < accounts.id
))
WHERE id = $1
