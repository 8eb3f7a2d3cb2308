-- Of accounts with one user of the exchange the oldest is kept. $1 account, $2 user of the exchange
UPDATE accounts SET duplicate_of = mine.id
FROM accounts AS mine
WHERE mine.id = $1 AND accounts.environment = mine.environment AND accounts.exchange_user_id = $2
  AND accounts.duplicate_of IS NULL AND mine.duplicate_of IS NULL AND accounts.id > mine.id
