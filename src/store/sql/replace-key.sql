-- Another key of the same user of the exchange for an account; says whether it is the same, and changes nothing when it is
-- not. $1 account, $2 API key, $3 sealed secret, $4 user of the exchange, or null when that is not known
WITH locked AS MATERIALIZED (
  SELECT id, exchange_user_id IS NULL OR $4::text IS NULL OR exchange_user_id = $4::text AS same
  FROM accounts WHERE id = $1::bigint FOR UPDATE
), replaced AS (
  UPDATE accounts SET api_key = $2, secret_ciphertext = $3, exchange_user_id = coalesce(exchange_user_id, $4::text), key_standing = NULL
  FROM locked WHERE accounts.id = locked.id AND locked.same
)
SELECT same AS "isSameUser" FROM locked
